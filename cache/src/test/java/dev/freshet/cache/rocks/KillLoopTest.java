package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills a process that works on a store, at any moment, again and again on one directory, and compares what is there with
 * what it has said (S-01, S-02, S-03). {@code -Dfreshet.kill.rounds} says how often, {@code -Dfreshet.kill.seed} repeats
 * the choices of a run.
 */
class KillLoopTest {

    private static final Logger LOG = LoggerFactory.getLogger(KillLoopTest.class);
    private static final int ROUNDS = Integer.getInteger("freshet.kill.rounds", 20) / 2;
    private static final long SEED = Long.getLong("freshet.kill.seed", new Random().nextInt(1 << 30));
    private static final long LIMIT = 32L << 20;
    private static final long TRIMMED = 48L << 20;
    private static final int KILLED = 128 + 9;

    private @TempDir Path root = Path.of("");
    private final Random random = new Random(SEED);
    private final KillLedger ledger = new KillLedger();
    private int scattered;

    /** S-01, S-02. */
    @Test
    void withoutALimitEveryCommitThatWasReportedSurvives() throws Exception {
        Duration slowest = Duration.ZERO;
        for (int round = 0; round < ROUNDS; round++) {
            kill(Stores.PLENTY, round);

            Duration opening = inspect(Stores.PLENTY, 0);

            slowest = slowest.compareTo(opening) > 0 ? slowest : opening;
        }
        LOG.info("{} kills with seed {} and no limit: {} contents must be there, {} times one was left with gaps,"
                + " slowest open {} ms", ROUNDS, SEED, ledger.mustBeThere(), scattered, slowest.toMillis());
    }

    /** S-01, S-02, S-03. */
    @Test
    void withinALimitNothingIsMissingButWhatWasEvicted() throws Exception {
        Duration slowest = Duration.ZERO;
        for (int round = 0; round < ROUNDS; round++) {
            kill(LIMIT, ROUNDS + round);
            assertThat(Stores.diskUse(directory())).as("disk use, %s", repeat()).isLessThanOrEqualTo(LIMIT);

            Duration opening = inspect(LIMIT, 1);

            slowest = slowest.compareTo(opening) > 0 ? slowest : opening;
            assertThat(Stores.diskUse(directory())).as("disk use, %s", repeat()).isLessThanOrEqualTo(LIMIT);
        }
        LOG.info("{} kills with seed {} within {} bytes: slowest open {} ms", ROUNDS, SEED, LIMIT, slowest.toMillis());
    }

    private static String repeat() {
        return "repeat with -Dfreshet.kill.seed=" + SEED;
    }

    private Path directory() {
        return root.resolve("store");
    }

    /** Lets a victim work until it has said some number of lines, and a little longer. */
    private void kill(long limit, int round) throws Exception {
        Path library = Files.createDirectories(root.resolve("library"));
        Path errors = root.resolve("errors");
        ProcessBuilder command = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-XX:ErrorFile=" + errors, "-cp", System.getProperty("java.class.path"), KillVictim.class.getName(),
                directory().toString(), Long.toString(limit), Long.toString(SEED + round));
        command.environment().put("ROCKSDB_SHAREDLIB_DIR", library.toString());
        int lines = 1 + random.nextInt(random.nextInt(4) == 0 ? 5 : 150);
        Process victim = command.redirectError(errors.toFile()).start();
        try (BufferedReader output = victim.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            for (int heard = 0; line != null; heard++) {
                if (heard == lines) {
                    spin(random.nextInt(20_000_000));
                    assertThat(victim.toHandle().destroyForcibly()).isTrue();
                }
                ledger.hear(line);
                line = output.readLine();
            }
        } finally {
            victim.destroyForcibly();
        }
        assertThat(victim.waitFor()).as("the end of round %d, %s; %s", round, repeat(), lastOf(errors))
                .isEqualTo(KILLED);
    }

    private static void spin(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }

    private static String lastOf(Path errors) throws IOException {
        String all = Files.readString(errors);
        return all.substring(Math.max(0, all.length() - 2_000));
    }

    /** Opens what the victim has left, looks into all of it, and works on with some. */
    private Duration inspect(long limit, int unheard) throws Exception {
        RecordingStoreListener listener = new RecordingStoreListener();
        long begin = System.nanoTime();
        try (RocksStorage storage = Stores.openFine(directory(), limit, listener)) {
            Duration opening = Duration.ofNanos(System.nanoTime() - begin);
            Audit audit = new Audit(storage, directory());
            audit.everythingAddsUp();
            listener.evicted().forEach(ledger::goes);
            ledger.agreesWith(audit.listed(), unheard);
            assertThat(listener.damaged()).as("damaged, %s", repeat()).isEmpty();
            assertThat(listener.states()).isEmpty();
            audit.everyContentHashesRight();
            for (Map.Entry<Tag, Digest> tag : ledger.tags().entrySet()) {
                assertThat(storage.catalog().tag(KillVictim.REPOSITORY, tag.getKey()).orElseThrow().digest())
                        .isEqualTo(tag.getValue());
                assertThat(storage.catalog().parts(tag.getValue())).hasSizeLessThanOrEqualTo(1)
                        .hasSizeGreaterThanOrEqualTo(1 - unheard);
            }
            audit.listed().forEach(ledger::ending);
            if (limit == Stores.PLENTY) {
                leftIsThere(audit.unfinished());
            }
            goOn(storage, audit.unfinished(), limit == Stores.PLENTY);
            trim(storage, audit);
            audit.everythingAddsUp();
            listener.evicted().forEach(ledger::goes);
            return opening;
        }
    }

    /** What a writer has found at its beginning, the next one finds as well, unless the content was completed meanwhile. */
    private void leftIsThere(Map<Digest, ByteRanges> unfinished) {
        ledger.left().forEach((digest, bytes) -> assertThat(unfinished.getOrDefault(digest, new ByteRanges()).bytes())
                .as("bytes left of %s, %s", digest, repeat()).isGreaterThanOrEqualTo(bytes));
    }

    /** Of what is unfinished, that is there which was noted, and it is right; some of it is finished. */
    private void goOn(RocksStorage storage, Map<Digest, ByteRanges> unfinished, boolean allIsKept)
            throws Exception {
        for (Map.Entry<Digest, ByteRanges> each : unfinished.entrySet()) {
            ByteBuffer content = ByteBuffer.wrap(ledger.source(each.getKey()).bytes());
            try (BlobWriter writer = storage.blobs().begin(each.getKey(), OptionalLong.of(content.capacity()))) {
                assertThat(writer.present()).as("what is noted of %s, %s", each.getKey(), repeat())
                        .isIn(each.getValue(), allIsKept ? each.getValue() : new ByteRanges());
                presentIsRight(writer, content);
                scattered += writer.present().gaps(0, writer.present().end()).isEmpty() ? 0 : 1;
                if (random.nextBoolean()) {
                    for (ByteRange gap : writer.present().gaps(0, content.capacity())) {
                        writer.rangeWriter(gap.from()).append(content.slice((int) gap.from(), (int) gap.length()));
                    }
                    ledger.ending(each.getKey());
                    writer.commit().close();
                    ledger.committed(each.getKey());
                }
            }
        }
    }

    private static void presentIsRight(BlobWriter writer, ByteBuffer content) throws StoreException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(content.capacity());
        for (ByteRange run : writer.present().list()) {
            for (long at = run.from(); at < run.to(); at += buffer.limit()) {
                assertThat(writer.read(at, buffer.clear())).isPositive();
                assertThat(buffer.flip()).as("byte %d, %s", at, repeat())
                        .isEqualTo(content.slice((int) at, buffer.limit()));
            }
        }
        for (ByteRange gap : writer.present().gaps(0, ByteRange.END)) {
            assertThat(writer.read(gap.from(), buffer.clear())).isEqualTo(-1);
        }
    }

    /** Keeps the rounds short. */
    private void trim(RocksStorage storage, Audit audit) throws Exception {
        for (Digest digest : audit.listed()) {
            if (storage.blobs().usage().bytes() <= TRIMMED) {
                return;
            }
            storage.blobs().remove(digest);
            ledger.goes(digest);
        }
    }
}
