package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.CommitRecord;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.segment.ChunkReader;
import dev.freshet.cache.rocks.segment.Segments;
import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a kill leaves at the moments between two steps: the files of a store that is open are what a process that is killed
 * now would leave.
 */
class CrashImageTest {

    private static final byte[] KEPT = bytes(1, 1_300_000);
    private static final byte[] LARGE = bytes(2, 200_000);
    private static final byte[] SMALL = bytes(3, 20_000);

    private @TempDir(factory = InMemory.class) Path root = Path.of("");

    /** Something that a store is in the middle of. */
    private interface Half {

        void done(RocksStorage storage) throws StoreException;
    }

    private static ByteBuffer direct(byte[] content) {
        return ByteBuffer.allocateDirect(content.length).put(content).flip();
    }

    private static final class OneChunk implements Segments.Source {

        @Override
        public int count() {
            return 1;
        }

        @Override
        public ByteBuffer chunk(int index) {
            return direct(LARGE);
        }
    }

    private void nothingIsLeftBut(Half half, byte[]... contents) throws Exception {
        Path directory = root.resolve("store");
        Path image = root.resolve("image");
        try (RocksStorage storage = Stores.openFine(directory, Stores.PLENTY, new RecordingStoreListener())) {
            commit(storage.blobs(), KEPT);
            half.done(storage);
            copy(directory, image);
        }

        try (RocksStorage storage = Stores.openFine(image, Stores.PLENTY, new RecordingStoreListener())) {
            Audit audit = new Audit(storage, image);
            audit.everythingAddsUp();
            assertThat(audit.listed()).containsExactlyInAnyOrderElementsOf(
                    Stream.of(contents).map(Digest::sha256).toList());
            assertThat(Stores.numbers(storage)).hasSize(contents.length);
            for (byte[] content : contents) {
                assertThat(stored(storage.blobs(), Digest.sha256(content))).isEqualTo(content);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    private static CommitRecord record(RocksStorage storage, byte[] content) throws StoreException {
        CommitRecord record = storage.records.find(Digest.sha256(content));
        if (record == null) {
            throw new AssertionError("it was not committed");
        }
        return record;
    }

    /** S-02. */
    @Test
    void aSegmentThatNobodyHasNotedIsSwept() throws Exception {
        nothingIsLeftBut(storage -> storage.segments
                .store(() -> "test", storage.numbers.next(), 0, new OneChunk()), KEPT);
    }

    /** S-02. */
    @Test
    void smallContentWithoutARecordIsSwept() throws Exception {
        nothingIsLeftBut(storage -> {
            SegmentWriter intake = storage.segmentWriter;
            ChunkReader.Run run = new ChunkReader.Run(Digest.sha256(SMALL), Family.SMALL, 0, 64 << 10);
            intake.releaseSmall(intake.putSmall(run, List.of(direct(SMALL))).number(), true);
        }, KEPT);
    }

    /** S-02: as soon as the record is there the content is. */
    @Test
    void contentWithARecordIsThere() throws Exception {
        nothingIsLeftBut(storage -> commit(storage.blobs(), SMALL), KEPT, SMALL);
    }

    /** S-03: between the removal of the record and that of the chunks. */
    @Test
    void chunksWhoseRecordIsGoneAreSwept() throws Exception {
        nothingIsLeftBut(storage -> {
            commit(storage.blobs(), SMALL);
            storage.records.remove(Digest.sha256(SMALL), null);
            storage.records.remove(Digest.sha256(KEPT), null);
        });
    }

    /** S-03: between the removal of the chunks and that of the note of them. */
    @Test
    void aNoteOfChunksThatAreGoneIsSwept() throws Exception {
        nothingIsLeftBut(storage -> {
            long number = record(storage, KEPT).number();
            storage.records.remove(Digest.sha256(KEPT), null);
            storage.segments.delete(() -> "test", List.of(number));
        });
    }
}
