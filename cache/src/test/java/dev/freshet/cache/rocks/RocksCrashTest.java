package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreUsage;
import java.io.BufferedReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.readAll;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;

/** A process that is killed leaves what it committed, whole, and nothing else (S-01, S-02, S-06). */
class RocksCrashTest {

    private static final byte[] LARGE = bytes(1, 20 << 20);
    private static final byte[] MIDDLE = bytes(2, 500_000);
    private static final byte[] SMALL = bytes(3, 1_000);
    private static final Digest NEVER_DONE = Digest.sha256(new byte[0]);

    private @TempDir Path directory = Path.of("");

    /** The process that is killed: commits, says so, and writes without end, saying how many MiB. */
    static final class Victim {

        public static void main(String[] arguments) throws Exception {
            try (RocksStorage storage = Stores.open(Path.of(arguments[0]))) {
                writeForEver(storage.blobs());
            } catch (StoreException e) {
                System.out.println(e.getMessage());
            }
        }

        private static void writeForEver(BlobStore blobs) throws StoreException {
            commit(blobs, LARGE);
            commit(blobs, SMALL);
            try (BlobWriter writer = blobs.begin(Digest.sha256(MIDDLE), OptionalLong.of(MIDDLE.length))) {
                writer.append(ByteBuffer.wrap(MIDDLE));
                writer.commit().close();
            }
            System.out.println("committed");
            ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20).put(bytes(4, 1 << 20));
            try (BlobWriter writer = blobs.begin(NEVER_DONE, OptionalLong.empty())) {
                for (int mebibytes = 1; mebibytes < 4096; mebibytes++) {
                    writer.append(piece.clear());
                    System.out.println(mebibytes);
                }
            }
        }
    }

    private Process start() throws Exception {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xmx128m", "-cp", System.getProperty("java.class.path"),
                Victim.class.getName(), directory.toString()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** Kills a victim as soon as it says this. */
    private void killAt(String word) throws Exception {
        Process victim = start();
        try (BufferedReader output = victim.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            while (line != null && !line.equals(word)) {
                line = output.readLine();
            }
            victim.destroyForcibly().waitFor();
            assertThat(line).as("what the victim said last").isEqualTo(word);
        }
    }

    private void onlyWhatWasCommittedIsThere() throws Exception {
        try (RocksStorage storage = Stores.open(directory)) {
            assertThat(stored(storage.blobs(), Digest.sha256(LARGE))).isEqualTo(LARGE);
            assertThat(stored(storage.blobs(), Digest.sha256(MIDDLE))).isEqualTo(MIDDLE);
            assertThat(stored(storage.blobs(), Digest.sha256(SMALL))).isEqualTo(SMALL);
            assertThat(storage.blobs().open(NEVER_DONE)).isEmpty();
            assertThat(storage.blobs().usage()).isEqualTo(new StoreUsage(3, (20 << 20) + 501_000));
            Set<Long> largeOnDisk = new HashSet<>(storage.segments.diskBytes().keySet());
            largeOnDisk.removeAll(storage.index.numbers(() -> "test", Family.LOOSE, 0));
            assertThat(largeOnDisk).hasSize(1);
            assertThat(storage.bulk.numbers(() -> "test", Family.SMALL, 0)).hasSize(2);
        }
    }

    /** S-01. */
    @Test
    void aCommitSurvivesAKillRightAfterIt() throws Exception {
        killAt("committed");

        onlyWhatWasCommittedIsThere();
    }

    /** S-01. */
    @Test
    void anUnfinishedWriteGoesOnFromItsLastSegment() throws Exception {
        killAt("200");

        onlyWhatWasCommittedIsThere();
        try (RocksStorage storage = Stores.open(directory);
                BlobWriter writer = storage.blobs().begin(NEVER_DONE, OptionalLong.empty())) {
            long length = writer.length();
            assertThat(length).isBetween(100L << 20, 4096L << 20).matches(bytes -> bytes % (64 << 10) == 0);
            byte[] twice = new byte[2 << 20];
            System.arraycopy(bytes(4, 1 << 20), 0, twice, 0, 1 << 20);
            System.arraycopy(bytes(4, 1 << 20), 0, twice, 1 << 20, 1 << 20);
            int from = (int) (length % (1 << 20));
            assertThat(readAll(writer, length - (1 << 20)))
                    .isEqualTo(Arrays.copyOfRange(twice, from, from + (1 << 20)));
        }
    }

    /** S-02. */
    @Test
    void anUnfinishedWriteThatWasDiscardedLeavesNothing() throws Exception {
        killAt("200");
        long before = Stores.diskUse(directory);

        try (RocksStorage storage = Stores.open(directory)) {
            try (BlobWriter writer = storage.blobs().begin(NEVER_DONE, OptionalLong.empty())) {
                writer.discard();
            }
            Stores.settle(storage);
            assertThat(Stores.diskUse(directory)).isLessThan(before - (100 << 20));
        }

        onlyWhatWasCommittedIsThere();
    }

    /** S-06. */
    @Test
    void aSecondProcessIsRefused() throws Exception {
        try (RocksStorage storage = Stores.open(directory)) {
            Process second = start();
            try (BufferedReader output = second.inputReader(StandardCharsets.UTF_8)) {
                assertThat(output.readLine()).isEqualTo("open of store " + directory
                        + " failed: another process uses it; stop it or choose another `data`");
            } finally {
                second.destroyForcibly().waitFor();
            }
            assertThat(storage.openWriters()).isZero();
        }
    }
}
