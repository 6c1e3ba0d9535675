package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.PartialBlob;
import dev.freshet.cache.rocks.catalog.Uncommitted;
import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRanges;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.freshet.cache.store.BlobStoreKit.bytes;
import static dev.freshet.cache.store.BlobStoreKit.readAll;
import static dev.freshet.cache.store.BlobStoreKit.stored;
import static org.assertj.core.api.Assertions.assertThat;

/** A fill that ended early is gone on with, from its last segment, by the next writer of its digest. */
class UnfinishedFillTest {

    private static final int SEGMENT = 256 << 10;
    private static final byte[] CONTENT = bytes(1, 5 * SEGMENT + 100_000);
    private static final Digest DIGEST = Digest.sha256(CONTENT);

    private @TempDir Path directory = Path.of("");

    private RocksStorage open() throws Exception {
        return Stores.openFine(directory, Stores.PLENTY, new RecordingStoreListener());
    }

    private static BlobWriter begin(RocksStorage storage) throws Exception {
        return storage.blobs().begin(DIGEST, OptionalLong.of(CONTENT.length));
    }

    /** Appends from where the writer is to this position, and waits until whole segments are on disk. */
    private static void write(RocksStorage storage, BlobWriter writer, int to) throws Exception {
        int from = (int) writer.length();
        writer.append(ByteBuffer.wrap(CONTENT, from, to - from));
        awaitDurable(storage, to / SEGMENT * (long) SEGMENT);
    }

    private static void awaitDurable(RocksStorage storage, long bytes) throws Exception {
        while (durable(storage) < bytes) {
            Thread.onSpinWait();
        }
    }

    /** Bytes that are noted as on disk, of all unfinished fills. */
    private static long durable(RocksStorage storage) throws Exception {
        long[] length = {0};
        storage.index.scan(() -> "test", Family.LOOSE, Keys.FIRST, (key, value) -> {
            if (Uncommitted.decode(value) instanceof PartialBlob partial) {
                length[0] += partial.length();
            }
            return true;
        });
        return length[0];
    }

    @Test
    void theNextWriterBeginsBehindTheLastWholeSegment() throws Exception {
        try (RocksStorage storage = open()) {
            try (BlobWriter first = begin(storage)) {
                write(storage, first, 3 * SEGMENT + 70_000);
            }
            Stores.settle(storage);

            try (BlobWriter second = begin(storage)) {
                assertThat(second.length()).isEqualTo(3 * SEGMENT);
                assertThat(readAll(second, 0)).isEqualTo(Arrays.copyOf(CONTENT, 3 * SEGMENT));
                write(storage, second, CONTENT.length);
                second.commit().close();
            }

            assertThat(stored(storage.blobs(), DIGEST)).isEqualTo(CONTENT);
            assertThat(Stores.numbers(storage)).hasSize(1);
        }
    }

    @Test
    void whatSomebodyElseHasCompletedMeanwhileIsFreedByTheNextOpen() throws Exception {
        try (RocksStorage storage = open(); BlobWriter late = begin(storage)) {
            write(storage, late, 3 * SEGMENT);
            try (BlobWriter other = storage.blobs().begin(DIGEST, OptionalLong.of(CONTENT.length))) {
                other.append(ByteBuffer.wrap(CONTENT));
                other.commit().close();
            }
        }

        try (RocksStorage storage = open()) {
            assertThat(stored(storage.blobs(), DIGEST)).isEqualTo(CONTENT);
            assertThat(Stores.numbers(storage)).hasSize(1);
        }
    }

    @Test
    void ofWhatIsWrongNothingIsWrittenAnyMore() throws Exception {
        try (RocksStorage storage = open(); BlobWriter wrong = begin(storage); BlobWriter right = begin(storage)) {
            for (BlobWriter writer : List.of(wrong, right)) {
                writer.append(ByteBuffer.wrap(CONTENT, 0, SEGMENT - 1));
            }
            int full = ((RocksBlobWriter) wrong).fullChunks();

            wrong.discard();
            wrong.keep();
            right.keep();

            assertThat(full).isPositive();
            assertThat(((RocksBlobWriter) wrong).fullChunks()).isEqualTo(full);
            assertThat(((RocksBlobWriter) right).fullChunks()).isZero();
        }
    }

    @Test
    void itIsGoneOnWithAfterARestart() throws Exception {
        try (RocksStorage storage = open(); BlobWriter first = begin(storage)) {
            write(storage, first, 4 * SEGMENT);
        }

        try (RocksStorage storage = open(); BlobWriter second = begin(storage)) {
            assertThat(second.length()).isEqualTo(4 * SEGMENT);
            write(storage, second, CONTENT.length);
            second.commit().close();
        }

        try (RocksStorage storage = open()) {
            assertThat(stored(storage.blobs(), DIGEST)).isEqualTo(CONTENT);
            assertThat(Stores.numbers(storage)).hasSize(1);
        }
    }

    @Test
    void onlyOneWriterGetsIt() throws Exception {
        try (RocksStorage storage = open()) {
            try (BlobWriter first = begin(storage)) {
                write(storage, first, 2 * SEGMENT);
            }

            try (BlobWriter second = begin(storage); BlobWriter third = begin(storage)) {
                assertThat(second.length()).isEqualTo(2 * SEGMENT);
                assertThat(third.length()).isZero();
            }
        }
    }

    @Test
    void ofTwoThatWereLeftTheOneWithMoreIsKept() throws Exception {
        try (RocksStorage storage = open()) {
            try (BlobWriter first = begin(storage); BlobWriter second = begin(storage)) {
                write(storage, first, SEGMENT);
                second.append(ByteBuffer.wrap(CONTENT, 0, 3 * SEGMENT));
                awaitDurable(storage, 4 * SEGMENT);
            }
            Stores.settle(storage);

            assertThat(Stores.numbers(storage)).hasSize(1);
            assertThat(storage.quota.charged()).isEqualTo(Directories.diskBytes(directory.resolve("segments")))
                    .isPositive();
            try (BlobWriter third = begin(storage)) {
                assertThat(third.length()).isEqualTo(3 * SEGMENT);
            }
        }
    }

    @Test
    void whatWasDiscardedIsNotGoneOnWith() throws Exception {
        try (RocksStorage storage = open()) {
            try (BlobWriter first = begin(storage)) {
                write(storage, first, 2 * SEGMENT);
                first.discard();
                assertThat(readAll(first, 0)).isEqualTo(Arrays.copyOf(CONTENT, 2 * SEGMENT));
            }
            Stores.settle(storage);

            try (BlobWriter second = begin(storage)) {
                assertThat(second.length()).isZero();
            }
            assertThat(Stores.numbers(storage)).isEmpty();
        }
    }

    @Test
    void aSegmentThatWasMadeAndNotNotedIsNoPartOfIt() throws Exception {
        long number;
        try (RocksStorage storage = open()) {
            try (BlobWriter first = begin(storage)) {
                write(storage, first, 3 * SEGMENT);
            }
            number = storage.index.numbers(() -> "test", Family.LOOSE, 0).getFirst();
            ByteRanges half = new ByteRanges();
            half.add(0, 2 * SEGMENT);
            PartialBlob less = new PartialBlob(DIGEST, 64 << 10, half,
                    storage.segments.diskBytes().getOrDefault(number, 0L) / 3 * 2);
            storage.index.write(() -> "test",
                    batch -> batch.put(Family.LOOSE, Keys.number(number), less.encode()));
        }

        try (RocksStorage storage = open(); BlobWriter second = begin(storage)) {
            assertThat(second.length()).isEqualTo(2 * SEGMENT);
            write(storage, second, CONTENT.length);
            second.commit().close();
            assertThat(stored(storage.blobs(), DIGEST)).isEqualTo(CONTENT);
        }
    }
}
