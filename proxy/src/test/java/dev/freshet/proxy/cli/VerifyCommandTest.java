package dev.freshet.proxy.cli;

import dev.freshet.cache.LocalStorage;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.storage.Storage;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.StoreException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code verify} on stores on disk: two large blobs and a small one, one of them perhaps with a flipped byte. */
class VerifyCommandTest {

    private static final byte[] HIT = BlobStoreKit.bytes(1, 3_000_000);
    private static final byte[] SPARED = BlobStoreKit.bytes(2, 3_000_000);
    private static final byte[] SMALL = BlobStoreKit.bytes(3, 1_000);
    private static final Digest HIT_DIGEST = Digest.sha256(HIT);
    private static final int TOTAL = HIT.length + SPARED.length + SMALL.length;

    private @TempDir Path directory = Path.of("");
    private Path data = directory;

    /** What the command printed, and how it ended. */
    private record Run(int code, String out, String err) {}

    @BeforeEach
    void fill() throws Exception {
        data = directory.resolve("data");
        try (Storage storage = open()) {
            for (byte[] content : List.of(HIT, SPARED, SMALL)) {
                BlobStoreKit.commit(storage.blobs(), content);
            }
        }
    }

    @Test
    void aGoodStoreEndsWith0() {
        Run good = verify();

        assertThat(good).isEqualTo(new Run(0, "verified 3 blobs, 5.7MiB: 0 damaged, 0 dropped\n", ""));
    }

    @Test
    void damageIsNamedAndLeftAndEndsWith1() throws Exception {
        flip();

        Run first = verify();
        Run second = verify();

        assertThat(first.code()).isEqualTo(1);
        assertThat(first.out().lines()).hasSize(2).first().asString().startsWith(HIT_DIGEST + " is damaged: ");
        assertThat(first.out().lines().toList().getLast())
                .matches("verified 3 blobs, .*MiB: 1 damaged, 0 dropped; --repair drops what is damaged");
        assertThat(second).isEqualTo(first);
    }

    @Test
    void repairDropsTheDamageAndEndsWith0() throws Exception {
        flip();

        Run repair = verify("--repair");

        assertThat(repair.code()).isZero();
        assertThat(repair.out().lines()).hasSize(2).first().asString()
                .startsWith(HIT_DIGEST + " is damaged, and was dropped: ");
        assertThat(repair.out()).contains(": 1 damaged, 1 dropped\n");
        assertThat(verify()).isEqualTo(new Run(0, "verified 2 blobs, 2.9MiB: 0 damaged, 0 dropped\n", ""));
        try (Storage storage = open()) {
            assertThat(storage.blobs().open(HIT_DIGEST)).isEmpty();
            assertThat(BlobStoreKit.stored(storage.blobs(), Digest.sha256(SPARED))).isEqualTo(SPARED);
        }
    }

    @Test
    void theOutcomeCanBeHadAsJson() throws Exception {
        JsonNode good = json(verify("--json"));
        flip();
        Run run = verify("--json", "--repair");
        JsonNode repaired = json(run);

        assertThat(good.path("blobs").asInt()).isEqualTo(3);
        assertThat(good.path("bytes").asLong()).isEqualTo(TOTAL);
        assertThat(good.path("damaged").isArray()).isTrue();
        assertThat(good.path("damaged").size()).isZero();
        assertThat(run.code()).isZero();
        assertThat(repaired.path("dropped").asInt()).isEqualTo(1);
        assertThat(repaired.path("damaged").get(0).path("digest").asString()).isEqualTo(HIT_DIGEST.toString());
        assertThat(repaired.path("damaged").get(0).path("reason").asString()).isNotBlank();
        assertThat(repaired.path("damaged").get(0).path("dropped").asBoolean()).isTrue();
    }

    @Test
    @DisplayName("L-21: contents whose records are lost are counted, with --repair and without")
    void lostRecordsAreCounted() throws Exception {
        for (Path log : files("index", ".log")) {
            Files.write(log, new byte[(int) Files.size(log)]);
        }

        Run look = verify();
        Run json = verify("--json");
        Run repair = verify("--repair");
        Run after = verify();

        assertThat(look.code()).isEqualTo(1);
        assertThat(look.out()).startsWith("3 contents have no record in the index, 2 large ones of ")
                .endsWith("verified 0 blobs, 0B: 0 damaged, 0 dropped, 3 lost; --repair drops what is damaged\n");
        assertThat(json(json).path("lost").asInt()).isEqualTo(3);
        assertThat(repair.code()).isZero();
        assertThat(repair.out()).startsWith("3 contents have no record in the index, 2 large ones of ")
                .endsWith("verified 0 blobs, 0B: 0 damaged, 0 dropped, 3 lost\n");
        assertThat(after).isEqualTo(new Run(0, "verified 0 blobs, 0B: 0 damaged, 0 dropped\n", ""));
    }

    @Test
    @DisplayName("L-21: an index without its list of files is refused until --repair, which counts what is lost")
    void aLostListOfFilesIsCounted() throws Exception {
        for (Path list : files("index", "")) {
            if (list.getFileName().toString().startsWith("MANIFEST")) {
                Files.delete(list);
            }
        }

        Run look = verify();
        Run repair = verify("--repair");

        assertThat(look.code()).isEqualTo(1);
        assertThat(look.err()).startsWith("verify failed: ")
                .endsWith("; if it is damaged, --repair keeps what can be read"
                        + " of it\n");
        assertThat(repair.code()).isZero();
        assertThat(repair.out()).startsWith("3 contents have no record in the index, ").endsWith(" dropped, 3 lost\n");
    }

    private List<Path> files(String database, String ending) throws Exception {
        try (Stream<Path> files = Files.list(data.resolve(database))) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }

    @Test
    void aStoreWithoutContentIsGood() throws Exception {
        data = Files.createDirectory(directory.resolve("empty"));
        open().close();

        assertThat(verify()).isEqualTo(new Run(0, "verified 0 blobs, 0B: 0 damaged, 0 dropped\n", ""));
    }

    @Test
    void noStoreIsMadeWhereThereIsNone() throws Exception {
        data = Files.createDirectory(directory.resolve("empty"));

        Run run = verify();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("nothing was stored there yet; choose another `data`");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void whatIsMissingIsNamedAndNothingIsChanged() throws Exception {
        try (Stream<Path> segments = Files.list(data.resolve("segments"))) {
            Files.delete(segments.sorted().toList().getFirst());
        }
        Set<String> before = files();

        Run run = verify();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains(" is damaged: ").contains("1 damaged, 0 dropped; --repair drops");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void aDamagedIndexIsToldAndLeftUntilItIsRepaired() throws Exception {
        Path manifest;
        try (Stream<Path> index = Files.list(data.resolve("index"))) {
            manifest = index.filter(file -> file.getFileName().toString().startsWith("MANIFEST")).findAny()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(manifest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(manifest, bytes);
        Set<String> before = files();

        Run run = verify();
        Set<String> after = files();
        Run repair = verify("--repair");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("verify failed: ").contains("--repair");
        assertThat(after).isEqualTo(before);
        assertThat(repair.code()).isZero();
    }

    /** What is in the store's directory, and how large; RocksDB's own notes and the lock left out. */
    private Set<String> files() throws Exception {
        try (Stream<Path> all = Files.walk(data)) {
            return all.filter(Files::isRegularFile).filter(file -> !file.getFileName().toString().startsWith("LO"))
                    .map(file -> data.relativize(file) + " " + file.toFile().length()).collect(Collectors.toSet());
        }
    }

    @Test
    void aDirectoryThatIsNotThereIsNotMade() {
        data = directory.resolve("none");

        Run run = verify();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("verify failed", data.toString(), "`data`");
        assertThat(data).doesNotExist();
    }

    @Test
    void aStoreInUseIsLeftAlone() throws Exception {
        Run run;
        try (Storage open = open()) {
            run = verify();
            assertThat(BlobStoreKit.stored(open.blobs(), HIT_DIGEST)).isEqualTo(HIT);
        }

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(data.toString()).doesNotContain("\tat ");
    }

    @Test
    void aWrongConfigurationEndsWith2() {
        assertThat(verify("--set", "cache.max-size=lots").code()).isEqualTo(2);
        assertThat(verify("extra").code()).isEqualTo(2);
    }

    private Run verify(String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of("verify", "--set", "data=" + data));
        arguments.addAll(Arrays.asList(more));
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
        return new Run(code, out.toString(), err.toString());
    }

    private static JsonNode json(Run run) {
        assertThat(run.err()).isEmpty();
        return JsonMapper.builder().build().readTree(run.out());
    }

    private Storage open() throws StoreException {
        return LocalStorage.open(new StorageOptions(data, 64 << 20, 1L << 30), event -> {});
    }

    /** Changes a byte in the middle of one content, in the file that holds it. */
    private void flip() throws Exception {
        ByteBuffer wanted = ByteBuffer.wrap(HIT, HIT.length / 2, 16);
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file));
                for (int at = 0; at <= content.capacity() - 16; at++) {
                    if (content.slice(at, 16).equals(wanted)) {
                        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                            channel.write(ByteBuffer.wrap(new byte[]{(byte) ~content.get(at)}), at);
                        }
                        return;
                    }
                }
            }
        }
        throw new AssertionError("the content is in no file");
    }

}
