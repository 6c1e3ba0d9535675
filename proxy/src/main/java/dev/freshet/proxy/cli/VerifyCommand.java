package dev.freshet.proxy.cli;

import dev.freshet.cache.LocalStorage;
import dev.freshet.cache.storage.Storage;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.StoreException;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.unit.DataSize;
import java.nio.file.Files;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code verify}: hashes all stored content again, while no proxy uses the store. */
@Command(name = "verify", mixinStandardHelpOptions = true, description = {
        "Hashes all stored content again, and prints what is damaged.",
        "The data directory must not be in use: stop Freshet first. Exit code 1 if damage is left.",
        "Without --repair, verify changes nothing."})
final class VerifyCommand extends ConfiguredCommand {

    /** A check stores nothing, so the store need not evict. */
    private static final long NO_LIMIT = Long.MAX_VALUE;

    @Option(names = "--repair", description = "Drops damaged content; Freshet fetches it again at the next request.")
    private boolean repair;

    @Option(names = "--json", description = "Prints the outcome as JSON.")
    private boolean json;

    @Override
    public Integer call() throws StoreException {
        Optional<FreshetConfig> config = config();
        return config.isPresent() ? verify(config.get()) : 2;
    }

    private int verify(FreshetConfig config) throws StoreException {
        if (!Files.isDirectory(config.data())) {
            err().println("verify failed: directory " + config.data()
                    + " does not exist; set `data` to the data directory of Freshet");
            return 1;
        }
        ProgressBar progress = new ProgressBar(err(), ProgressBar.isWanted());
        Verification verification = new Verification(repair, new Verification.Watcher() {

            @Override
            public void read(long count) {
                progress.add(count);
            }

            @Override
            public void damaged(Verification.Damage damage) {
                if (!json) {
                    progress.interrupt(() -> out().println(line(damage)));
                }
            }

            @Override
            public void lost(String message) {
                if (!json) {
                    progress.interrupt(() -> out().println(message));
                }
            }
        });
        StorageOptions storage = new StorageOptions(config.data(), config.cache().memory().bytes(), NO_LIMIT);
        Verification.Outcome outcome;
        try (Storage open = open(storage, verification)) {
            progress.begin(open.blobs().usage().bytes());
            outcome = verification.run(open.blobs(), Runtime.getRuntime().availableProcessors());
        } catch (StoreException e) {
            err().println("verify failed: " + e.getMessage()
                    + (repair ? "" : "; if it is damaged, --repair keeps what can be read of it"));
            return 1;
        } finally {
            progress.end();
        }
        out().println(json ? json(outcome) : summary(outcome));
        return outcome.isGood() ? 0 : 1;
    }

    private Storage open(StorageOptions storage, Verification verification) throws StoreException {
        return repair
                ? LocalStorage.openForRepair(storage, verification)
                : LocalStorage.openForReading(storage, verification);
    }

    private static String line(Verification.Damage damage) {
        return damage.digest() + " is damaged" + (damage.dropped() ? ", and was dropped: " : ": ") + damage.reason();
    }

    private static String summary(Verification.Outcome outcome) {
        return "verified " + outcome.blobs() + " blobs, " + new DataSize(outcome.bytes()).rounded() + ": "
                + outcome.damages().size() + " damaged, " + outcome.dropped() + " dropped"
                + (outcome.lost() == 0 ? "" : ", " + outcome.lost() + " lost")
                + (outcome.isGood() ? "" : "; --repair drops what is damaged");
    }

    private static String json(Verification.Outcome outcome) {
        JsonMapper mapper = JsonMapper.builder().build();
        ObjectNode root = mapper.createObjectNode();
        root.put("blobs", outcome.blobs());
        root.put("bytes", outcome.bytes());
        root.put("dropped", outcome.dropped());
        root.put("lost", outcome.lost());
        ArrayNode damaged = root.putArray("damaged");
        for (Verification.Damage damage : outcome.damages()) {
            damaged.addObject().put("digest", damage.digest().toString()).put("reason", damage.reason())
                    .put("dropped", damage.dropped());
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    }
}
