package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What {@link BlobWriter} promises. */
public abstract class BlobWriterContract extends BlobStoreKit {

    private static final byte[] CONTENT = bytes(1, 300_000);
    private static final Digest DIGEST = Digest.sha256(CONTENT);

    @Test
    void contentIsAbsentUntilItIsCommitted() throws Exception {
        try (BlobWriter writer = store.begin(DIGEST, OptionalLong.of(CONTENT.length))) {
            writer.append(ByteBuffer.wrap(CONTENT));
            assertThat(absent(DIGEST)).isTrue();
            assertThat(store.usage()).isEqualTo(new StoreUsage(0, 0));

            writer.commit().close();

            assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
        }
    }

    @Test
    void contentIsGoneWhenItsWriterClosesWithoutACommit() throws Exception {
        BlobWriter writer = store.begin(DIGEST, OptionalLong.empty());
        writer.append(ByteBuffer.wrap(CONTENT));

        writer.close();
        writer.close();

        assertThat(absent(DIGEST)).isTrue();
        assertThatThrownBy(() -> writer.read(0, ByteBuffer.allocate(1))).isExactlyInstanceOf(StoreException.class);
        assertThatThrownBy(() -> writer.append(ByteBuffer.wrap(CONTENT))).isInstanceOf(StoreException.class);
        assertThatThrownBy(writer::commit).isInstanceOf(StoreException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 1_048_576, 1_048_577, 3_000_000})
    void everyLengthIsKeptWhateverWasExpected(int length) throws Exception {
        byte[] content = bytes(length, length);
        Digest digest = Digest.sha256(content);

        for (OptionalLong expected : List.of(OptionalLong.empty(), OptionalLong.of(length), OptionalLong.of(1),
                OptionalLong.of(1L << 40))) {
            try (BlobWriter writer = store.begin(digest, expected)) {
                writer.append(ByteBuffer.allocateDirect(length).put(content).flip());
                try (StoredBlob blob = writer.commit()) {
                    assertThat(readAll(blob, 0)).isEqualTo(content);
                }
            }
            assertThat(stored(store, digest)).isEqualTo(content);
            store.remove(digest);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "7, true", "65536, true", "65536, false", "65537, true", "200000, false"})
    void piecesOfEverySizeAreJoined(int size, boolean direct) throws Exception {
        byte[] content = Arrays.copyOf(CONTENT, 150_001);
        ByteBuffer piece = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);

        try (BlobWriter writer = store.begin(DIGEST, OptionalLong.empty())) {
            for (int at = 0; at < content.length; at += size) {
                writer.append(piece.clear().put(content, at, Math.min(size, content.length - at)).flip());
                assertThat(piece.hasRemaining()).isFalse();
                assertThat(writer.length()).isEqualTo(Math.min(at + size, content.length));
            }
            assertThat(readAll(writer, 0)).isEqualTo(content);
            writer.commit().close();
        }

        assertThat(stored(store, DIGEST)).isEqualTo(content);
    }

    @Test
    void anAppendTakesWhatRemainsAndLeavesTheRestAlone() throws Exception {
        try (BlobWriter writer = store.begin(DIGEST, OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(CONTENT).position(10).limit(20).asReadOnlyBuffer());
            writer.append(ByteBuffer.allocate(0));

            assertThat(readAll(writer, 0)).isEqualTo(Arrays.copyOfRange(CONTENT, 10, 20));
            assertThat(writer.read(10, ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(writer.read(0, ByteBuffer.allocate(0))).isZero();
        }
    }

    @Test
    void readersBehindTheWriterSeeWhatWasAppended() throws Exception {
        byte[] content = bytes(6, 8 << 20);
        CountDownLatch reading = new CountDownLatch(3);
        List<Future<byte[]>> seen = new ArrayList<>();

        try (ExecutorService readers = Executors.newFixedThreadPool(3);
                BlobWriter writer = store.begin(DIGEST, OptionalLong.empty())) {
            for (int i = 0; i < 3; i++) {
                int bufferSize = 50_000 << i;
                seen.add(readers.submit(() -> {
                    reading.countDown();
                    return follow(writer, content.length, ByteBuffer.allocateDirect(bufferSize));
                }));
            }
            reading.await();
            Random sizes = new Random(7);
            for (int at = 0, size; at < content.length; at += size) {
                size = Math.min(sizes.nextInt(200_000), content.length - at);
                writer.append(ByteBuffer.wrap(content, at, size));
            }
            writer.commit().close();
            for (Future<byte[]> each : seen) {
                assertThat(each.get()).isEqualTo(content);
            }
        }
    }

    private static byte[] follow(StoredBytes source, int length, ByteBuffer buffer) throws StoreException {
        byte[] all = new byte[length];
        for (int at = 0; at < length;) {
            int count = source.read(at, buffer.clear());
            if (count < 0) {
                Thread.onSpinWait();
            } else {
                buffer.flip().get(all, at, count);
                at += count;
            }
        }
        return all;
    }

    @Test
    void aWriterIsReadUntilItClosesAlsoAfterItsCommitAndARemoval() throws Exception {
        try (BlobWriter writer = store.begin(DIGEST, OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(CONTENT));
            writer.commit().close();
            store.remove(DIGEST);

            assertThat(writer.length()).isEqualTo(CONTENT.length);
            assertThat(readAll(writer, 0)).isEqualTo(CONTENT);
        }
    }

    @Test
    void theBlobOfACommitIsReadAfterItsWriterHasClosed() throws Exception {
        StoredBlob blob;
        try (BlobWriter writer = store.begin(DIGEST, OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(CONTENT));
            blob = writer.commit();
        }

        try (blob) {
            assertThat(blob.digest()).isEqualTo(DIGEST);
            assertThat(readAll(blob, 0)).isEqualTo(CONTENT);
        }
    }

    @Test
    void theFirstOfTwoCommitsStays() throws Exception {
        try (BlobWriter first = store.begin(DIGEST, OptionalLong.empty());
                BlobWriter second = store.begin(DIGEST, OptionalLong.empty())) {
            first.append(ByteBuffer.wrap(CONTENT));
            second.append(ByteBuffer.wrap(CONTENT, 0, 200_000));
            first.commit().close();

            try (StoredBlob blob = second.commit()) {
                assertThat(readAll(blob, 0)).isEqualTo(CONTENT);
            }

            assertThat(readAll(second, 0)).isEqualTo(Arrays.copyOf(CONTENT, 200_000));
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
        assertThat(store.usage()).isEqualTo(new StoreUsage(1, CONTENT.length));
    }

    @Test
    void oneOfManyCommitsAtOnceStays() throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        List<Future<byte[]>> seen = new ArrayList<>();

        try (ExecutorService writers = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                seen.add(writers.submit(() -> {
                    try (BlobWriter writer = store.begin(DIGEST, OptionalLong.empty())) {
                        writer.append(ByteBuffer.wrap(CONTENT));
                        together.await();
                        try (StoredBlob blob = writer.commit()) {
                            return readAll(blob, 0);
                        }
                    }
                }));
            }
            for (Future<byte[]> each : seen) {
                assertThat(each.get()).isEqualTo(CONTENT);
            }
        }
        assertThat(store.usage()).isEqualTo(new StoreUsage(1, CONTENT.length));
    }

    @Test
    void whatIsDiscardedIsReadUntilItsWriterCloses() throws Exception {
        try (BlobWriter writer = store.begin(DIGEST, OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(CONTENT));

            writer.discard();
            writer.discard();

            assertThat(writer.length()).isEqualTo(CONTENT.length);
            assertThat(readAll(writer, 0)).isEqualTo(CONTENT);
        }
        assertThat(absent(DIGEST)).isTrue();
        assertThat(store.usage()).isEqualTo(new StoreUsage(0, 0));
    }

    @Test
    void aDiscardAfterTheCommitChangesNothing() throws Exception {
        try (BlobWriter writer = store.begin(DIGEST, OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(CONTENT));
            writer.commit().close();

            writer.discard();
        }

        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void aSecondCommitOfOneWriterIsRefused() throws Exception {
        try (BlobWriter writer = store.begin(DIGEST, OptionalLong.empty())) {
            writer.commit().close();

            assertThatThrownBy(writer::commit).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> writer.append(ByteBuffer.wrap(CONTENT))).isInstanceOf(StoreException.class);
        }
    }
}
