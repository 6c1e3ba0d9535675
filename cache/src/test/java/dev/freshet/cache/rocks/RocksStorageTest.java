package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreUsage;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.readAll;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a store on disk does beside the contract: open, close, and keep its directory in order. */
class RocksStorageTest {

    private static final byte[] LARGE = bytes(1, 5_000_000);
    private static final byte[] SMALL = bytes(2, 1_000);

    private @TempDir Path directory = Path.of("");

    private RocksStorage open() throws StoreException {
        return Stores.open(directory);
    }

    @Test
    void contentOutlivesTheStorage() throws Exception {
        Digest large;
        Digest small;
        try (RocksStorage before = open()) {
            large = commit(before.blobs(), LARGE);
            small = commit(before.blobs(), SMALL);
        }

        try (RocksStorage after = open()) {
            assertThat(stored(after.blobs(), large)).isEqualTo(LARGE);
            assertThat(stored(after.blobs(), small)).isEqualTo(SMALL);
            assertThat(after.blobs().usage()).isEqualTo(new StoreUsage(2, 5_001_000));
        }
    }

    @Test
    void contentIsReadWhenTheChunkSizeHasChanged() throws Exception {
        Digest digest;
        try (RocksStorage before = Stores.open(directory, Stores.PLENTY, new RecordingStoreListener(),
                new RocksStorage.Geometry(100_003, 1_000_030))) {
            digest = commit(before.blobs(), LARGE);
        }

        try (RocksStorage after = open()) {
            assertThat(stored(after.blobs(), digest)).isEqualTo(LARGE);
        }
    }

    @Test
    void anAbortedWriterLeavesNothing() throws Exception {
        try (RocksStorage storage = open()) {
            try (BlobWriter writer = storage.blobs().begin(Digest.sha256(LARGE), OptionalLong.empty())) {
                writer.append(ByteBuffer.wrap(LARGE));
            }

            assertThat(Stores.numbers(storage)).isEmpty();
        }
    }

    @Test
    void aSurplusCommitLeavesNothing() throws Exception {
        try (RocksStorage storage = open()) {
            commit(storage.blobs(), LARGE);
            commit(storage.blobs(), LARGE);

            assertThat(Stores.numbers(storage)).hasSize(1);
        }
    }

    @Test
    void removedContentGoesWithItsLastReader() throws Exception {
        try (RocksStorage storage = open()) {
            Digest digest = commit(storage.blobs(), LARGE);
            StoredBlob one = storage.blobs().open(digest).orElseThrow();
            StoredBlob other = storage.blobs().open(digest).orElseThrow();

            storage.blobs().remove(digest);
            one.close();
            assertThat(readAll(other, 0)).isEqualTo(LARGE);
            other.close();

            assertThat(Stores.numbers(storage)).isEmpty();
        }
    }

    @Test
    void whatWasRemovedUnderAReaderOrNeverCommittedIsSweptAtTheNextOpen() throws Exception {
        RocksStorage before = open();
        Digest digest = commit(before.blobs(), LARGE);
        Digest kept = commit(before.blobs(), SMALL);
        StoredBlob reader = before.blobs().open(digest).orElseThrow();
        before.blobs().remove(digest);
        BlobWriter writer = before.blobs().begin(digest, OptionalLong.empty());
        writer.append(ByteBuffer.wrap(LARGE));
        before.close();
        reader.close();
        writer.close();

        try (RocksStorage after = open()) {
            assertThat(Stores.numbers(after)).hasSize(1);
            assertThat(after.blobs().open(digest)).isEmpty();
            assertThat(stored(after.blobs(), kept)).isEqualTo(SMALL);
        }
    }

    @Test
    void fillNumbersAreNeverUsedAgain() throws Exception {
        Set<Long> before;
        try (RocksStorage storage = open()) {
            commit(storage.blobs(), SMALL);
            before = Stores.numbers(storage);
            storage.blobs().remove(Digest.sha256(SMALL));
        }

        try (RocksStorage storage = open()) {
            commit(storage.blobs(), SMALL);
            assertThat(Stores.numbers(storage)).hasSize(1).doesNotContainAnyElementsOf(before);
        }
    }

    /** S-24, with what each reader is told. */
    @Test
    void closingWhileManyReadHarmsNobody() throws Exception {
        RocksStorage storage = open();
        Digest digest = commit(storage.blobs(), LARGE);
        CountDownLatch reading = new CountDownLatch(8);
        List<Future<String>> ends = new ArrayList<>();

        try (ExecutorService readers = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                ends.add(readers.submit(() -> readUntilItFails(storage, digest, reading)));
            }
            reading.await();
            storage.close();
            for (Future<String> end : ends) {
                assertThat(end.get()).endsWith("failed: the store is closed");
            }
        }

        assertThat(storage.openBlobs()).isZero();
    }

    private static String readUntilItFails(RocksStorage storage, Digest digest, CountDownLatch reading) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
        while (true) {
            try (StoredBlob blob = storage.blobs().open(digest).orElseThrow()) {
                for (long at = 0; at < LARGE.length; at += blob.read(at, buffer.clear())) {
                    reading.countDown();
                }
            } catch (StoreException e) {
                return String.valueOf(e.getMessage());
            }
        }
    }

    /** S-06, within one process. */
    @Test
    void aDirectoryInUseIsRefused() throws Exception {
        try (RocksStorage first = open()) {
            assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessage("open of store " + directory
                    + " failed: another process uses it; stop it or choose another `data`");
            assertThat(first.blobs().usage()).isEqualTo(new StoreUsage(0, 0));
        }
    }

    /** S-15. */
    @Test
    void aNewerFormatIsRefused() throws Exception {
        Files.writeString(directory.resolve("FORMAT"), "3\n");

        assertThatThrownBy(this::open).isInstanceOf(StoreException.class)
                .hasMessageContaining("failed: its format is \"3\" and this release reads format 2; run the release");
    }

    @Test
    @Timeout(60)
    void whoeverCallsOutOfAScanDoesNotHoldUpTheEnd() throws Exception {
        RocksStorage storage = open();
        commit(storage.blobs(), SMALL);
        commit(storage.blobs(), bytes(3, 2_000));
        CountDownLatch inside = new CountDownLatch(1);
        List<String> failures = new CopyOnWriteArrayList<>();

        Thread scanner = Thread.ofPlatform().start(() -> {
            try {
                storage.blobs().forEach(digest -> {
                    inside.countDown();
                    while (!storage.index.isClosed()) {
                        Thread.onSpinWait();
                    }
                    try {
                        storage.blobs().touch(Set.of(digest));
                    } catch (StoreException e) {
                        failures.add(String.valueOf(e.getMessage()));
                    }
                });
            } catch (StoreException e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        });
        inside.await();
        storage.close();
        scanner.join();

        assertThat(failures).hasSize(2).allMatch(failure -> failure.endsWith("failed: the store is closed"));
    }

    @Test
    void whatTheFirstFormatHasLeftIsDeletedAndTheStoreBeginsAnew() throws Exception {
        Files.writeString(directory.resolve("FORMAT"), "1\n");
        Files.createDirectories(directory.resolve("rocks"));
        Files.writeString(directory.resolve("rocks/000012.sst"), "bytes of old");

        try (RocksStorage storage = open()) {
            Digest digest = commit(storage.blobs(), SMALL);
            assertThat(stored(storage.blobs(), digest)).isEqualTo(SMALL);
        }

        assertThat(directory.resolve("rocks")).doesNotExist();
        assertThat(directory.resolve("FORMAT")).hasContent("2");
    }

    @Test
    void aPlaceThatIsNoDirectoryIsRefused() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> Stores.open(file)).isInstanceOf(StoreException.class)
                .hasMessageStartingWith("open of store " + file + " failed: ")
                .hasMessageContaining("choose another `data`");
    }

    @Test
    void tooLittleMemoryIsAMistake() {
        assertThatIllegalArgumentException().isThrownBy(() -> RocksStorage
                .open(new StorageOptions(directory, 1 << 20, Stores.PLENTY), new RecordingStoreListener()));
    }
}
