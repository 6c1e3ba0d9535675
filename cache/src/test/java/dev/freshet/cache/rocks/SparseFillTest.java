package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.PartialBlob;
import dev.freshet.cache.rocks.catalog.Uncommitted;
import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.RangeWriter;
import dev.freshet.cache.store.StoreFullException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.commit;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What content that comes from anywhere costs on disk: few segments, what it takes and no more, and memory for a while. */
class SparseFillTest {

    private static final int CHUNK = 64 << 10;
    private static final int SEGMENT = 4 * CHUNK;
    private static final byte[] CONTENT = bytes(1, 16 * SEGMENT + 100);
    private static final Digest DIGEST = Digest.sha256(CONTENT);

    /** Of each of eight writers; there is memory for 160. */
    private static final int SCATTERED = 60;

    private @TempDir Path directory = Path.of("");

    private RocksStorage open() throws Exception {
        return Stores.openFine(directory, Stores.PLENTY, new RecordingStoreListener());
    }

    private static BlobWriter begin(RocksStorage storage) throws Exception {
        return storage.blobs().beginSparse(DIGEST, OptionalLong.of(CONTENT.length));
    }

    private static void write(BlobWriter writer, int from, int to) throws Exception {
        writer.rangeWriter(from).append(ByteBuffer.wrap(CONTENT, from, to - from));
    }

    private int segments() throws Exception {
        return Directories.sizes(directory.resolve("segments")).size();
    }

    @Test
    void stretchesSmallerThanASegmentThatTouchAreSealedTogether() throws Exception {
        try (RocksStorage storage = open(); BlobWriter writer = begin(storage)) {
            List<RangeWriter> writers = new ArrayList<>();
            for (int at = 0; at < CONTENT.length; at += 2 * CHUNK) {
                writers.add(writer.rangeWriter(at));
            }
            for (int half = 0; half < 2; half++) {
                for (RangeWriter rangeWriter : writers) {
                    int from = (int) rangeWriter.position();
                    rangeWriter.append(ByteBuffer.wrap(CONTENT, from, Math.min(CHUNK, CONTENT.length - from)));
                    if (rangeWriter.position() == CONTENT.length) {
                        break;
                    }
                }
            }

            writer.commit().close();

            assertThat(segments()).isEqualTo(17);
            assertThat(stored(storage.blobs(), DIGEST)).isEqualTo(CONTENT);
        }
    }

    @Test
    void aLeftOverWithGapsOutlivesARestartAndAnotherAfterIt() throws Exception {
        List<ByteRange> kept = List.of(new ByteRange(CHUNK, 3 * CHUNK), new ByteRange(5 * SEGMENT, 8 * SEGMENT));
        try (RocksStorage storage = open(); BlobWriter writer = begin(storage)) {
            write(writer, CHUNK, 3 * CHUNK);
            write(writer, 5 * SEGMENT, 8 * SEGMENT + 1_000);
            writer.keep();
        }

        try (RocksStorage storage = open()) {
            new Audit(storage, directory).everythingAddsUp();
            try (BlobWriter writer = begin(storage)) {
                assertThat(writer.present().list()).isEqualTo(kept);
            }
        }

        try (RocksStorage storage = open(); BlobWriter writer = begin(storage)) {
            assertThat(writer.present().list()).isEqualTo(kept);
            for (ByteRange gap : writer.present().gaps(0, CONTENT.length)) {
                write(writer, (int) gap.from(), (int) gap.to());
            }
            writer.commit().close();
            assertThat(stored(storage.blobs(), DIGEST)).isEqualTo(CONTENT);
        }
    }

    @Test
    void segmentsInGapsThatWereMadeAndNotNotedAreSwept() throws Exception {
        try (RocksStorage storage = open()) {
            try (BlobWriter writer = begin(storage)) {
                write(writer, 0, SEGMENT);
                write(writer, 2 * SEGMENT, 3 * SEGMENT);
                write(writer, 4 * SEGMENT, 5 * SEGMENT);
                writer.keep();
            }
            Stores.awaitRest(storage);
            long number = storage.index.numbers(() -> "test", Family.LOOSE, 0).getFirst();
            byte[] note = storage.index.get(() -> "test", Family.LOOSE, Keys.number(number));
            PartialBlob all = (PartialBlob) Uncommitted.decode(note == null ? new byte[0] : note);
            var less = all.present().copy();
            less.remove(2 * SEGMENT, 3 * SEGMENT);
            PartialBlob noted = new PartialBlob(DIGEST, CHUNK, less, all.diskBytes() / 3 * 2);
            storage.index.write(() -> "test",
                    batch -> batch.put(Family.LOOSE, Keys.number(number), noted.encode()));
        }

        try (RocksStorage storage = open()) {
            new Audit(storage, directory).everythingAddsUp();
            assertThat(segments()).isEqualTo(2);
            try (BlobWriter writer = begin(storage)) {
                assertThat(writer.present().list()).containsExactly(new ByteRange(0, SEGMENT),
                        new ByteRange(4 * SEGMENT, 5 * SEGMENT));
            }
        }
    }

    @Test
    void aNoteFromBeforeThereWereGapsIsUnderstood() {
        byte[] name = Keys.digest(DIGEST);
        byte[] note = ByteBuffer.allocate(21 + name.length).put((byte) 'p').putInt(CHUNK).putLong(8).putLong(9_000)
                .put(name).array();

        PartialBlob decoded = (PartialBlob) Uncommitted.decode(note);

        assertThat(decoded.present().list()).containsExactly(new ByteRange(0, 8 * CHUNK));
        assertThat(decoded.diskBytes()).isEqualTo(9_000);
        assertThat(Uncommitted.decode(decoded.encode())).isEqualTo(decoded);
    }

    @Test
    void ofWhatIsScatteredTheLongestRunsAreKept() throws Exception {
        byte[] content = bytes(2, 700 * CHUNK);
        Digest digest = Digest.sha256(content);
        try (RocksStorage storage = open()) {
            try (BlobWriter writer = storage.blobs().beginSparse(digest, OptionalLong.of(content.length))) {
                for (int run = 0; run < 300; run++) {
                    int from = 2 * run * CHUNK;
                    writer.rangeWriter(from).append(ByteBuffer.wrap(content, from, CHUNK));
                }
                writer.rangeWriter(690 * CHUNK).append(ByteBuffer.wrap(content, 690 * CHUNK, 3 * CHUNK));
                writer.keep();
            }

            try (BlobWriter writer = storage.blobs().beginSparse(digest, OptionalLong.of(content.length))) {
                assertThat(writer.present().runs()).isEqualTo(256);
                assertThat(writer.present().containsAll(690 * CHUNK, 693 * CHUNK)).isTrue();
            }
            Stores.awaitRest(storage);
            new Audit(storage, directory).everythingAddsUp();
        }
    }

    @Test
    void chargedIsWhatSparseContentTakesAndNoMore() throws Exception {
        try (RocksStorage storage = Stores.open(directory, 64L << 20, new RecordingStoreListener())) {
            Digest other = commit(storage.blobs(), bytes(3, 20 << 20));
            long before = storage.quota.charged();
            try (BlobWriter writer = storage.blobs().beginSparse(DIGEST, OptionalLong.of(1L << 40))) {
                assertThat(storage.quota.charged()).isEqualTo(before);
                write(writer, 5 * SEGMENT, 10 * SEGMENT);
                writer.keep();
            }
            Stores.awaitRest(storage);
            new Audit(storage, directory).everythingAddsUp();

            assertThat(storage.blobs().touch(Set.of(other))).isEmpty();
            assertThat(storage.quota.charged() - before).isBetween(5L * SEGMENT, 6L * SEGMENT);
        }
    }

    @Test
    void sparseContentThatOutgrowsTheLimitFailsInAnAppend() throws Exception {
        byte[] piece = bytes(4, 1 << 20);
        try (RocksStorage storage = Stores.open(directory, 32L << 20, new RecordingStoreListener());
                BlobWriter writer = storage.blobs().beginSparse(DIGEST, OptionalLong.of(1L << 40))) {
            assertThatThrownBy(() -> {
                for (int i = 0; i < 200; i++) {
                    writer.rangeWriter((2L + i) << 22).append(ByteBuffer.wrap(piece));
                }
            }).isInstanceOf(StoreFullException.class);

            for (ByteRange run : writer.present().list()) {
                assertThat(writer.read(run.from(), ByteBuffer.allocate(1 << 20))).isPositive();
            }
        }
    }

    @Test
    void manySparseWritersShareLittleMemory() throws Exception {
        int writers = 8;
        List<Future<Integer>> ends = new ArrayList<>();
        StorageOptions options = new StorageOptions(directory, 16L << 20, Stores.PLENTY);
        try (RocksStorage storage = RocksStorage.open(options, new RecordingStoreListener(),
                RocksStorage.Geometry.STANDARD);
                ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            for (int i = 0; i < writers; i++) {
                byte[] content = bytes(10 + i, SCATTERED * CHUNK);
                ends.add(threads.submit(() -> writeScattered(storage, content)));
            }
            for (Future<Integer> end : ends) {
                assertThat(end.get()).isEqualTo(SCATTERED);
            }
            Stores.awaitRest(storage);
            assertThat(storage.memory.borrowed()).isZero();
        }
    }

    /** Puts chunks with gaps between them, and returns how many are read back right. */
    private static int writeScattered(RocksStorage storage, byte[] content) throws Exception {
        int right = 0;
        try (BlobWriter writer = storage.blobs().beginSparse(Digest.sha256(content), OptionalLong.empty())) {
            for (int chunk = 0; chunk < SCATTERED; chunk++) {
                writer.rangeWriter(5L * chunk * CHUNK).append(ByteBuffer.wrap(content, chunk * CHUNK, CHUNK));
            }
            ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
            for (int chunk = 0; chunk < SCATTERED; chunk++) {
                int count = writer.read(5L * chunk * CHUNK, buffer.clear());
                right += buffer.flip().equals(ByteBuffer.wrap(content, chunk * CHUNK, CHUNK)) && count == CHUNK ? 1 : 0;
            }
            writer.discard();
        }
        return right;
    }
}
