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

    /** Not a multiple of any grain. */
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
        writer.strand(from).append(content(from, to));
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
            long grain = writer.grain();
            write(writer, 20 * grain, 30 * grain);
            write(writer, 0, 3 * grain);
            assertThat(writer.present().list()).containsExactly(new ByteRange(0, 3 * grain),
                    new ByteRange(20 * grain, 30 * grain));
            assertThat(writer.length()).isEqualTo(3 * grain);
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
    void aStrandGoesOnWhereItOrAnotherHasStopped() throws Exception {
        try (BlobWriter writer = begin()) {
            long grain = writer.grain();
            RangeWriter strand = writer.strand(grain);
            strand.append(content(grain, grain + 5));
            strand.append(content(grain + 5, 2 * grain + 7));
            assertThat(strand.position()).isEqualTo(2 * grain + 7);

            write(writer, 2 * grain + 7, 3 * grain);

            assertThat(writer.present().list()).containsExactly(new ByteRange(grain, 3 * grain));
            requireReadable(writer);
        }
    }

    @Test
    void aStrandBeginsAtAGrainAndWhereNothingIs() throws Exception {
        try (BlobWriter writer = begin()) {
            long grain = writer.grain();
            write(writer, grain, 2 * grain);

            assertThatIllegalArgumentException().isThrownBy(() -> writer.strand(grain));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.strand(5));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.strand(-grain));
            assertThat(writer.strand(2 * grain).position()).isEqualTo(2 * grain);
        }
    }

    @Test
    void aStrandStopsAtWhatIsPresentAndAtTheEnd() throws Exception {
        try (BlobWriter writer = begin()) {
            long grain = writer.grain();
            long last = LENGTH / grain * grain;
            write(writer, grain, 2 * grain);
            RangeWriter first = writer.strand(0);
            RangeWriter end = writer.strand(last);

            assertThatIllegalStateException().isThrownBy(() -> first.append(content(0, grain + 1)));
            assertThatIllegalStateException()
                    .isThrownBy(() -> end.append(ByteBuffer.allocate((int) (LENGTH - last + 1))));

            assertThatThrownBy(() -> first.append(ByteBuffer.allocate(0))).isInstanceOf(StoreException.class);
            requireReadable(writer);
        }
    }

    @Test
    void contentWithAGapIsNotCommitted() throws Exception {
        try (BlobWriter writer = begin()) {
            long grain = writer.grain();
            write(writer, 0, grain);
            assertThatThrownBy(writer::commit).isInstanceOf(StoreException.class);
            write(writer, 2 * grain, LENGTH);
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
            long half = 20L * writer.grain();
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
            long stretch = 3L * writer.grain();
            for (int i = 0; i < threads; i++) {
                int mine = i;
                ends.add(writers.submit(() -> {
                    together.await();
                    int appends = 0;
                    for (long from = mine * stretch; from < LENGTH; from += threads * stretch) {
                        RangeWriter strand = writer.strand(from);
                        for (long to = Math.min(LENGTH, from + stretch); strand.position() < to; appends++) {
                            strand.append(content(strand.position(), Math.min(to, strand.position() + 30_011)));
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
            long grain = writer.grain();
            long last = LENGTH / grain * grain;
            write(writer, 2 * grain, 9 * grain + 17);
            write(writer, 20 * grain, 21 * grain);
            write(writer, last, LENGTH);
            kept = List.of(new ByteRange(2 * grain, 9 * grain), new ByteRange(20 * grain, 21 * grain),
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
            long grain = writer.grain();
            write(writer, 2 * grain, 5 * grain + 1);
            writer.keep();

            fillGaps(writer);

            requireReadable(writer);
            writer.commit().close();
        }
        assertThat(stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void ofTwoThatWereKeptTheNextWriterFindsTheOneWithMore() throws Exception {
        long grain;
        try (BlobWriter less = begin()) {
            grain = less.grain();
            try (BlobWriter more = begin()) {
                write(more, 0, 9 * grain);
                more.keep();
            }
            write(less, 20 * grain, 21 * grain);
            less.keep();
        }

        try (BlobWriter next = begin()) {
            assertThat(next.present().list()).containsExactly(new ByteRange(0, 9 * grain));
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
        RangeWriter strand = writer.strand(0);
        strand.append(content(0, 10));

        writer.close();

        assertThatThrownBy(() -> strand.append(content(10, 20))).isInstanceOf(StoreException.class);
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
            long second = writer.grain();
            writer.strand(second).append(ByteBuffer.wrap(small, (int) second, small.length - (int) second));
            writer.strand(0).append(ByteBuffer.wrap(small, 0, (int) second));
            writer.commit().close();
        }
        assertThat(stored(store, digest)).isEqualTo(small);
    }
}
