package dev.freshet.cache.rocks;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.rocks.RecordingStoreListener.Loss;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Directories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.FlushOptions;
import org.slf4j.LoggerFactory;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a store says that has lost files of a database: what is lost, counted, in the log and to its listener (L-21, S-10).
 */
class LostRecordsTest {

    private static final long LIMIT = 256L << 20;
    private static final int LARGE = 5;
    private static final int SMALL = 7;
    private static final Repository APP = new Repository(new RegistryHost("lost.test"), "app");

    private @TempDir(factory = InMemory.class) Path root = Path.of("");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Map<Digest, byte[]> contents = new HashMap<>();
    private RecordingStoreListener listener = new RecordingStoreListener();
    private long largeBytes;

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("dev.freshet.cache.rocks");
    }

    private Path directory() {
        return root.resolve("store");
    }

    private RocksStorage open() throws Exception {
        listener = new RecordingStoreListener();
        log.list.clear();
        return Stores.openFine(directory(), LIMIT, listener);
    }

    /** Twelve contents with a tag each. */
    private void fill(boolean flushed) throws Exception {
        try (RocksStorage storage = open()) {
            for (int i = 0; i < LARGE + SMALL; i++) {
                byte[] content = bytes(i, i < LARGE ? 700_000 : 20_000);
                contents.put(commit(storage.blobs(), content), content);
                storage.catalog().putTag(APP, new Tag("t" + i), new TagEntry(Digest.sha256(content), Instant.EPOCH));
            }
            largeBytes = storage.segments.diskBytes().values().stream().mapToLong(Long::longValue).sum();
            if (flushed) {
                flush(storage.index);
                flush(storage.bulk);
            }
        }
        assertThat(messages()).isEmpty();
    }

    private static void flush(Database database) throws Exception {
        database.change(() -> "test", opened -> {
            try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
                opened.db().flush(waiting, List.copyOf(opened.families().values()));
            }
            return true;
        });
    }

    private List<Path> files(String database, String pattern) throws Exception {
        try (Stream<Path> files = Files.list(directory().resolve(database))) {
            return files.filter(file -> file.getFileName().toString().matches(pattern)).sorted().toList();
        }
    }

    private void delete(String database, String pattern) throws Exception {
        List<Path> files = files(database, pattern);
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            Files.delete(file);
        }
    }

    /** What can be read now. */
    private long left(RocksStorage storage) throws Exception {
        Stores.settle(storage);
        long left = 0;
        for (Map.Entry<Digest, byte[]> content : contents.entrySet()) {
            if (storage.blobs().touch(Set.of(content.getKey())).isEmpty()) {
                assertThat(stored(storage.blobs(), content.getKey())).isEqualTo(content.getValue());
                left++;
            }
        }
        return left;
    }

    private List<String> messages() {
        return List.copyOf(log.list).stream().filter(event -> event.getLevel().isGreaterOrEqual(
                Level.WARN)).map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    @Test
    @DisplayName("L-21: the index's list of files is lost: its tables are counted, and all contents are told of")
    void theListOfFilesOfTheIndexIsLost() throws Exception {
        fill(true);
        delete("index", "MANIFEST-.*");

        try (RocksStorage storage = open()) {
            assertThat(left(storage)).isZero();
        }

        assertThat(listener.losses()).containsExactly(new Loss(LARGE + SMALL, largeBytes));
        assertThat(messages()).anySatisfy(line -> assertThat(line).startsWith("ERROR the index of store ")
                .contains("at most 12 of 12 entries of the list of blobs", "at most 12 of 12 entries of the tags")
                .doesNotContain("nothing of it is lost"));
    }

    @Test
    @DisplayName("L-21: the same with everything in the log: its changes are counted")
    void theListOfFilesIsLostAndAllStandsInTheLog() throws Exception {
        fill(false);
        delete("index", "MANIFEST-.*");

        try (RocksStorage storage = open()) {
            assertThat(left(storage)).isZero();
        }

        assertThat(listener.losses()).containsExactly(new Loss(LARGE + SMALL, largeBytes));
        assertThat(messages()).anySatisfy(line -> assertThat(line)
                .matches("ERROR the index of store .*: lost are the last \\d+ changes of all kinds, which stood in its"
                        + " log; what was forgotten is fetched again .*"));
    }

    /** What becomes of a log. */
    enum Log {

        GARBAGE {

            @Override
            byte[] of(byte[] content) {
                byte[] garbage = new byte[content.length];
                new Random(1).nextBytes(garbage);
                return garbage;
            }
        },
        ZEROS {

            @Override
            byte[] of(byte[] content) {
                return new byte[content.length];
            }
        },
        GARBAGE_BEHIND {

            @Override
            byte[] of(byte[] content) {
                byte[] half = content.clone();
                Arrays.fill(half, content.length / 2, content.length, (byte) 0x5a);
                return half;
            }
        },
        ZEROS_BEHIND {

            @Override
            byte[] of(byte[] content) {
                byte[] half = content.clone();
                Arrays.fill(half, content.length / 2, content.length, (byte) 0);
                return half;
            }
        };

        abstract byte[] of(byte[] content);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("L-21: logs of the index cannot be read: their bytes are counted, and the contents that are lost")
    void logsOfTheIndexAreDamaged(Log harm) throws Exception {
        fill(false);
        for (Path file : files("index", "\\d+\\.log")) {
            Files.write(file, harm.of(Files.readAllBytes(file)));
        }
        long left;

        try (RocksStorage storage = open()) {
            left = left(storage);
        }

        assertThat(left).isLessThan(LARGE + SMALL);
        assertThat(listener.losses()).singleElement()
                .satisfies(loss -> assertThat(loss.blobs()).isEqualTo(LARGE + SMALL - left));
        assertThat(messages()).anySatisfy(line -> assertThat(line).matches(
                "ERROR database index of store .* has lost changes: \\d+ of the \\d+ bytes of log \\d+\\.log cannot be"
                        + " read; how many stood there cannot be counted, \\d+ can be read; .*"));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("L-21: logs of the content database cannot be read: its small contents are counted one by one")
    void logsOfTheContentsAreDamaged(Log harm) throws Exception {
        fill(false);
        for (Path file : files("bulk", "\\d+\\.log")) {
            Files.write(file, harm.of(Files.readAllBytes(file)));
        }
        long left;

        try (RocksStorage storage = open()) {
            left = left(storage);
        }

        assertThat(left).isBetween((long) LARGE, LARGE + SMALL - 1L);
        assertThat(listener.damaged()).hasSize((int) (LARGE + SMALL - left));
        assertThat(messages()).anySatisfy(line -> assertThat(line).startsWith("ERROR database bulk of store ")
                .contains(" has lost changes: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "deleted"})
    @DisplayName("L-21: a log that ends early or is gone may be a crash: content without a record is still counted")
    void aLogThatIsCutOrGone(String how) throws Exception {
        fill(false);
        for (Path file : files("index", "\\d+\\.log")) {
            if (how.equals("cut")) {
                Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) / 2));
            } else {
                Files.delete(file);
            }
        }
        long left;

        try (RocksStorage storage = open()) {
            left = left(storage);
        }

        assertThat(left).isLessThan(LARGE + SMALL);
        assertThat(messages()).anySatisfy(line -> assertThat(line).startsWith("WARN " + (LARGE + SMALL - left)
                + " contents have no record in the index, ").contains("or their records are lost"))
                .noneMatch(line -> line.contains("has lost changes"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"index", "bulk"})
    @DisplayName("L-21: a lost CURRENT is written anew, and nothing else is lost")
    void currentIsLost(String database) throws Exception {
        fill(false);
        delete(database, "CURRENT");

        try (RocksStorage storage = open()) {
            assertThat(left(storage)).isEqualTo(LARGE + SMALL);
        }

        assertThat(listener.losses()).isEmpty();
        assertThat(messages()).singleElement().asString()
                .matches("WARN database " + database
                        + " of store .* has lost its file CURRENT, which is written anew: .*");
    }

    @Test
    @DisplayName("L-21: lost options are no loss")
    void optionsAreLost() throws Exception {
        fill(true);
        delete("index", "OPTIONS-.*");
        delete("bulk", "OPTIONS-.*");

        try (RocksStorage storage = open()) {
            assertThat(left(storage)).isEqualTo(LARGE + SMALL);
        }

        assertThat(messages()).isEmpty();
    }

    @Test
    @DisplayName("L-21: tables of the index are gone: what is left is said, and lost contents are counted")
    void tablesOfTheIndexAreLost() throws Exception {
        fill(true);
        delete("index", "\\d+\\.sst");
        long left;

        try (RocksStorage storage = open()) {
            left = left(storage);
        }

        assertThat(left).isZero();
        assertThat(listener.losses()).containsExactly(new Loss(LARGE + SMALL, largeBytes));
        assertThat(messages()).noneMatch(line -> line.contains("nothing of it is lost"))
                .anyMatch(line -> line.startsWith("ERROR "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"index", "bulk"})
    @DisplayName("L-21: a whole database is gone: it is said, and large contents outlive the loss of theirs")
    void aWholeDatabaseIsGone(String database) throws Exception {
        fill(true);
        Directories.delete(directory().resolve(database));
        long left;

        try (RocksStorage storage = open()) {
            left = left(storage);
        }

        assertThat(messages()).anySatisfy(line -> assertThat(line).startsWith("ERROR database " + database)
                .contains("it is gone"));
        if (database.equals("index")) {
            assertThat(left).isZero();
            assertThat(listener.losses()).containsExactly(new Loss(LARGE + SMALL, largeBytes));
        } else {
            assertThat(left).isEqualTo(LARGE);
            assertThat(listener.damaged()).hasSize(SMALL);
        }
    }

    @Test
    @DisplayName("L-21: both lists of files are gone: large contents are found, and counted as lost")
    void bothListsOfFilesAreLost() throws Exception {
        fill(true);
        delete("index", "MANIFEST-.*");
        delete("bulk", "MANIFEST-.*");

        try (RocksStorage storage = open()) {
            assertThat(left(storage)).isZero();
        }

        assertThat(listener.losses()).singleElement().satisfies(loss -> {
            assertThat(loss.blobs()).isGreaterThanOrEqualTo(LARGE);
            assertThat(loss.bytes()).isEqualTo(largeBytes);
        });
        assertThat(messages()).anyMatch(line -> line.contains("files with large contents were found again"));
    }

    @Test
    @DisplayName("L-21: an undamaged store says nothing")
    void nothingIsSaidOfAGoodStore() throws Exception {
        fill(false);

        try (RocksStorage storage = open()) {
            assertThat(left(storage)).isEqualTo(LARGE + SMALL);
        }

        assertThat(messages()).isEmpty();
        assertThat(listener.losses()).isEmpty();
    }
}
