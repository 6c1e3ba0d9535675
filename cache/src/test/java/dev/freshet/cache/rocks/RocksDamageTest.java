package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Damage on disk costs the content it hits, and nothing else (S-10, S-11). */
class RocksDamageTest {

    private static final byte[] HIT = bytes(1, 5_000_000);
    private static final byte[] SPARED = bytes(2, 5_000_000);
    private static final Digest HIT_DIGEST = Digest.sha256(HIT);
    private static final Digest SPARED_DIGEST = Digest.sha256(SPARED);

    private @TempDir Path directory = Path.of("");

    @BeforeEach
    void fill() throws Exception {
        try (RocksStorage storage = Stores.open(directory)) {
            commit(storage.blobs(), HIT);
            commit(storage.blobs(), SPARED);
        }
    }

    /** S-10. */
    @Test
    void flippedBytesAreNeverReadAndTheContentMayComeAgain() throws Exception {
        Place place = find(1_000_000);
        try (FileChannel file = FileChannel.open(place.file, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[]{1, 2, 3, 4}), place.offset);
        }

        theHitContentIsDamagedAndHeals(DamagedBlobException.class);
    }

    /** S-10. */
    @Test
    void aTruncatedFileIsNeverReadAndItsContentMayComeAgain() throws Exception {
        Place place = find(1_000_000);
        try (FileChannel file = FileChannel.open(place.file, StandardOpenOption.WRITE)) {
            file.truncate(place.offset);
        }

        theHitContentIsDamagedAndHeals(StoreException.class);
    }

    /** S-10. */
    @Test
    void aMissingFileCostsItsContentOnly() throws Exception {
        Files.delete(find(1_000_000).file);
        RecordingStoreListener listener = new RecordingStoreListener();

        try (RocksStorage storage = Stores.open(directory, listener)) {
            Stores.settle(storage);
            assertThat(listener.damaged()).containsExactly(HIT_DIGEST);
            assertThat(storage.blobs().open(HIT_DIGEST)).isEmpty();
            assertThat(stored(storage.blobs(), SPARED_DIGEST)).isEqualTo(SPARED);

            commit(storage.blobs(), HIT);
            assertThat(stored(storage.blobs(), HIT_DIGEST)).isEqualTo(HIT);
        }
    }

    private void theHitContentIsDamagedAndHeals(Class<? extends StoreException> kind) throws Exception {
        try (RocksStorage storage = Stores.open(directory)) {
            Stores.settle(storage);
            boolean dropped = !storage.blobs().touch(Set.of(HIT_DIGEST)).isEmpty();
            if (!dropped) {
                assertThatThrownBy(() -> stored(storage.blobs(), HIT_DIGEST)).isInstanceOf(kind)
                        .hasMessageStartingWith("read of " + HIT_DIGEST + " failed: ");
            }
            assertThat(stored(storage.blobs(), SPARED_DIGEST)).isEqualTo(SPARED);

            storage.blobs().remove(HIT_DIGEST);
            commit(storage.blobs(), HIT);

            assertThat(stored(storage.blobs(), HIT_DIGEST)).isEqualTo(HIT);
            assertThat(stored(storage.blobs(), SPARED_DIGEST)).isEqualTo(SPARED);
            assertThat(storage.openBlobs()).isZero();
        }
        try (RocksStorage storage = Stores.open(directory)) {
            assertThat(stored(storage.blobs(), HIT_DIGEST)).isEqualTo(HIT);
            assertThat(stored(storage.blobs(), SPARED_DIGEST)).isEqualTo(SPARED);
        }
    }

    /** Where bytes are on disk. */
    private record Place(Path file, int offset) {}

    /** Where the hit content is kept from this position on. */
    private Place find(int position) throws Exception {
        ByteBuffer wanted = ByteBuffer.wrap(HIT, position, 16);
        try (Stream<Path> files = Files.list(directory.resolve("segments"))) {
            List<Path> tables = files.filter(file -> file.toString().endsWith(".sst")).toList();
            for (Path table : tables) {
                ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(table));
                for (int at = 0; at <= content.capacity() - 16; at++) {
                    if (content.slice(at, 16).equals(wanted)) {
                        return new Place(table, at);
                    }
                }
            }
        }
        throw new AssertionError("the content is in no file");
    }
}
