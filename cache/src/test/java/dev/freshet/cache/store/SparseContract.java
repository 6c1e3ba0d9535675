package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a {@link BlobWriter} promises of content that comes in pieces from anywhere, and is perhaps never whole. */
public abstract class SparseContract extends BlobStoreKit {

    /** Not a multiple of any alignment. */
    private static final int LENGTH = 3_000_001;
    private static final byte[] CONTENT = bytes(1, LENGTH);
    private static final Digest DIGEST = Digest.sha256(CONTENT);

    private BlobWriter begin() throws StoreException {
        return store.beginSparse(DIGEST, OptionalLong.of(LENGTH));
    }

    private static ByteBuffer content(long from, long to) {
        return ByteBuffer.wrap(CONTENT, (int) from, (int) (to - from));
    }

    private static void write(BlobWriter writer, long from, long to) throws StoreException {
        writer.rangeWriter(from).append(content(from, to));
    }

    private static void fillGaps(BlobWriter writer) throws StoreException {
        for (ByteRange gap : writer.present().gaps(0, LENGTH)) {
            write(writer, gap.from(), gap.to());
        }
    }

    /** All that is present, and only that, can be read. */
    private static void requireReadable(BlobWriter writer) throws StoreException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(LENGTH);
        ByteRanges present = writer.present();
        for (ByteRange run : present.list()) {
            for (long at = run.from(); at < run.to();) {
                int count = writer.read(at, buffer.clear());
                assertThat(count).isPositive().isLessThanOrEqualTo((int) (run.to() - at));
                assertThat(buffer.flip()).isEqualTo(content(at, at + count));
                at += count;
            }
        }
        for (ByteRange gap : present.gaps(0, ByteRange.END)) {
            assertThat(writer.read(gap.from(), buffer.clear())).isEqualTo(-1);
            assertThat(writer.read(gap.to() - 1, buffer.clear())).isEqualTo(-1);
        }
    }

    @Test
    void stretchesComeInAnyOrderAndBecomeOneContent() throws Exception {
        try (BlobWriter writer = begin()) {
            long alignment = writer.alignment();
            write(writer, 20 * alignment, 30 * alignment);
            write(writer, 0, 3 * alignment);
            assertThat(writer.present().list()).containsExactly(new ByteRange(0, 3 * alignment),
                    new ByteRange(20 * alignment, 30 * alignment));
            assertThat(writer.length()).isEqualTo(3 * alignment);
            requireReadable(writer);

            fillGaps(writer);

            assertThat(writer.present().isAll(LENGTH)).isTrue();
            assertThat(writer.length()).isEqualTo(LENGTH);
            requireReadable(writer);
            writer.commit().close();
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void whatIsPresentIsTheCallersOwn() throws Exception {
        try (BlobWriter writer = begin()) {
            ByteRanges before = writer.present();
            before.add(0, 10);

            write(writer, 0, 1_000);

            assertThat(writer.present().list()).containsExactly(new ByteRange(0, 1_000));
            assertThat(before.list()).containsExactly(new ByteRange(0, 10));
        }
    }

    @Test
    void aRangeWriterGoesOnWhereItOrAnotherHasStopped() throws Exception {
        try (BlobWriter writer = begin()) {
            long alignment = writer.alignment();
            RangeWriter rangeWriter = writer.rangeWriter(alignment);
            rangeWriter.append(content(alignment, alignment + 5));
            rangeWriter.append(content(alignment + 5, 2 * alignment + 7));
            assertThat(rangeWriter.position()).isEqualTo(2 * alignment + 7);

            write(writer, 2 * alignment + 7, 3 * alignment);

            assertThat(writer.present().list()).containsExactly(new ByteRange(alignment, 3 * alignment));
            requireReadable(writer);
        }
    }

    @Test
    void aRangeWriterBeginsAtAnAlignedPositionWhereNothingIsPresent() throws Exception {
        try (BlobWriter writer = begin()) {
            long alignment = writer.alignment();
            write(writer, alignment, 2 * alignment);

            assertThatIllegalArgumentException().isThrownBy(() -> writer.rangeWriter(alignment));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.rangeWriter(5));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.rangeWriter(-alignment));
            assertThat(writer.rangeWriter(2 * alignment).position()).isEqualTo(2 * alignment);
        }
    }

    @Test
    void aRangeWriterStopsAtWhatIsPresentAndAtTheEnd() throws Exception {
        try (BlobWriter writer = begin()) {
            long alignment = writer.alignment();
            long last = LENGTH / alignment * alignment;
            write(writer, alignment, 2 * alignment);
            RangeWriter first = writer.rangeWriter(0);
            RangeWriter end = writer.rangeWriter(last);

            assertThatIllegalStateException().isThrownBy(() -> first.append(content(0, alignment + 1)));
            assertThatIllegalStateException()
                    .isThrownBy(() -> end.append(ByteBuffer.allocate((int) (LENGTH - last + 1))));

            assertThatThrownBy(() -> first.append(ByteBuffer.allocate(0))).isInstanceOf(StoreException.class);
            requireReadable(writer);
        }
    }

    @Test
    void contentWithAGapIsNotCommitted() throws Exception {
        try (BlobWriter writer = begin()) {
            long alignment = writer.alignment();
            write(writer, 0, alignment);
            assertThatThrownBy(writer::commit).isInstanceOf(StoreException.class);
            write(writer, 2 * alignment, LENGTH);
            assertThatThrownBy(writer::commit).isInstanceOf(StoreException.class);
            assertThat(absent(DIGEST)).isTrue();

            fillGaps(writer);
            writer.commit().close();
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void whoAppendsInOrderGoesOnBehindTheFirstRun() throws Exception {
        try (BlobWriter writer = begin()) {
            long half = 20L * writer.alignment();
            write(writer, half, LENGTH);

            writer.append(content(0, 1_000));
            writer.append(content(1_000, half));

            assertThat(writer.length()).isEqualTo(LENGTH);
            writer.commit().close();
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void strandsOfSeveralThreadsMakeOneContent() throws Exception {
        int threads = 4;
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Future<Integer>> ends = new ArrayList<>();
        try (ExecutorService writers = Executors.newFixedThreadPool(threads); BlobWriter writer = begin()) {
            long stretch = 3L * writer.alignment();
            for (int i = 0; i < threads; i++) {
                int mine = i;
                ends.add(writers.submit(() -> {
                    together.await();
                    int appends = 0;
                    for (long from = mine * stretch; from < LENGTH; from += threads * stretch) {
                        RangeWriter rangeWriter = writer.rangeWriter(from);
                        for (long to = Math.min(LENGTH, from + stretch); rangeWriter.position() < to; appends++) {
                            rangeWriter.append(
                                    content(rangeWriter.position(), Math.min(to, rangeWriter.position() + 30_011)));
                        }
                    }
                    return appends;
                }));
            }
            for (Future<Integer> end : ends) {
                assertThat(end.get()).isPositive();
            }
            requireReadable(writer);
            writer.commit().close();
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void whatIsKeptIsThereForTheNextWriter() throws Exception {
        List<ByteRange> kept;
        try (BlobWriter writer = begin()) {
            long alignment = writer.alignment();
            long last = LENGTH / alignment * alignment;
            write(writer, 2 * alignment, 9 * alignment + 17);
            write(writer, 20 * alignment, 21 * alignment);
            write(writer, last, LENGTH);
            kept = List.of(new ByteRange(2 * alignment, 9 * alignment), new ByteRange(20 * alignment, 21 * alignment),
                    new ByteRange(last, LENGTH));

            writer.keep();

            requireReadable(writer);
        }

        try (BlobWriter writer = begin()) {
            assertThat(writer.present().list()).isEqualTo(kept);
            requireReadable(writer);
            fillGaps(writer);
            writer.commit().close();
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
        assertThat(store.usage()).isEqualTo(new StoreUsage(1, LENGTH));
    }

    @Test
    void writingMayGoOnAfterAKeep() throws Exception {
        try (BlobWriter writer = begin()) {
            long alignment = writer.alignment();
            write(writer, 2 * alignment, 5 * alignment + 1);
            writer.keep();

            fillGaps(writer);

            requireReadable(writer);
            writer.commit().close();
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void ofTwoThatWereKeptTheNextWriterFindsTheOneWithMore() throws Exception {
        long alignment;
        try (BlobWriter less = begin()) {
            alignment = less.alignment();
            try (BlobWriter more = begin()) {
                write(more, 0, 9 * alignment);
                more.keep();
            }
            write(less, 20 * alignment, 21 * alignment);
            less.keep();
        }

        try (BlobWriter next = begin()) {
            assertThat(next.present().list()).containsExactly(new ByteRange(0, 9 * alignment));
        }
    }

    @Test
    void whatIsKeptAndDiscardedIsGone() throws Exception {
        try (BlobWriter writer = begin()) {
            write(writer, 0, LENGTH);
            writer.keep();
            writer.discard();
        }

        try (BlobWriter writer = begin()) {
            assertThat(writer.present().runs()).isZero();
        }
    }

    @Test
    void whatIsKeptIsOfNoUseToContentOfAnotherLength() throws Exception {
        try (BlobWriter writer = begin()) {
            write(writer, 0, LENGTH);
            writer.keep();
        }

        try (BlobWriter writer = store.beginSparse(DIGEST, OptionalLong.of(LENGTH + 1))) {
            assertThat(writer.present().runs()).isZero();
        }
    }

    @Test
    void nothingIsPromisedToAWriterOfWhichPerhapsOnlySomeComes() throws Exception {
        long before = store.space().used();

        try (BlobWriter writer = store.beginSparse(DIGEST, OptionalLong.of(1L << 40))) {
            assertThat(writer.length()).isZero();
            assertThat(store.space().used()).isLessThan(before + LENGTH);
        }
    }

    @Test
    void aClosedWriterTakesNothingFromItsStrands() throws Exception {
        BlobWriter writer = begin();
        RangeWriter rangeWriter = writer.rangeWriter(0);
        rangeWriter.append(content(0, 10));

        writer.close();

        assertThatThrownBy(() -> rangeWriter.append(content(10, 20))).isInstanceOf(StoreException.class);
    }

    @Test
    void contentOfNoBytesIsWholeAtOnce() throws Exception {
        Digest empty = Digest.sha256(new byte[0]);
        try (BlobWriter writer = store.beginSparse(empty, OptionalLong.of(0))) {
            writer.commit().close();
        }
        assertThat(stored(store, empty)).isEmpty();
    }

    @Test
    void smallContentComesInPiecesToo() throws Exception {
        byte[] small = Arrays.copyOf(CONTENT, 200_000);
        Digest digest = Digest.sha256(small);
        try (BlobWriter writer = store.beginSparse(digest, OptionalLong.empty())) {
            long second = writer.alignment();
            writer.rangeWriter(second).append(ByteBuffer.wrap(small, (int) second, small.length - (int) second));
            writer.rangeWriter(0).append(ByteBuffer.wrap(small, 0, (int) second));
            writer.commit().close();
        }
        assertThat(stored(store, digest)).isEqualTo(small);
    }
}
