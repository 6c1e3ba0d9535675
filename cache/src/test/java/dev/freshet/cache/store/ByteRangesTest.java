package dev.freshet.cache.store;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Compares {@link ByteRanges} with a set of single bytes, and states what it says of none and of all. */
class ByteRangesTest {

    private static final int BYTES = 200;

    @Test
    void randomSetsAreWhatASetOfSingleBytesIs() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);

        for (int round = 0; round < 200; round++) {
            ByteRanges extents = new ByteRanges();
            BitSet bits = new BitSet();
            int longest = 1 + random.nextInt(BYTES / 2);
            for (int step = 0; step < 30; step++) {
                int from = random.nextInt(BYTES);
                int to = Math.min(BYTES, from + random.nextInt(longest));
                if (random.nextInt(4) == 0) {
                    extents.remove(from, to);
                    bits.clear(from, to);
                } else {
                    extents.add(from, to);
                    bits.set(from, to);
                }

                requireSame(extents, bits, "seed " + seed + ", round " + round + ", step " + step);
            }
        }
    }

    private static void requireSame(ByteRanges extents, BitSet bits, String where) {
        assertThat(extents.list()).as(where).isEqualTo(runs(bits));
        assertThat(extents.runs()).as(where).isEqualTo(runs(bits).size());
        assertThat(extents.bytes()).as(where).isEqualTo(bits.cardinality());
        assertThat(extents.end()).as(where).isEqualTo(bits.length());
        assertThat(extents.isAll(bits.length())).as(where).isEqualTo(bits.nextClearBit(0) == bits.length());
        for (int at = 0; at <= BYTES; at++) {
            int next = bits.nextSetBit(at);
            assertThat(extents.contains(at)).as(where).isEqualTo(bits.get(at));
            assertThat(extents.endOfRun(at)).as(where).isEqualTo(bits.nextClearBit(at));
            assertThat(extents.startOfRun(at)).as(where)
                    .isEqualTo(bits.get(at) ? bits.previousClearBit(at) + 1 : at);
            assertThat(extents.nextPresent(at)).as(where).isEqualTo(next < 0 ? ByteRange.END : next);
        }
        BitSet missing = bits.get(0, BYTES);
        missing.flip(10, BYTES - 10);
        missing.clear(0, 10);
        missing.clear(BYTES - 10, BYTES);
        assertThat(extents.gaps(10, BYTES - 10)).as(where).isEqualTo(runs(missing));
    }

    private static List<ByteRange> runs(BitSet bits) {
        List<ByteRange> runs = new ArrayList<>();
        for (int from = bits.nextSetBit(0); from >= 0; from = bits.nextSetBit(bits.nextClearBit(from))) {
            runs.add(new ByteRange(from, bits.nextClearBit(from)));
        }
        return runs;
    }

    @Test
    void aCopyChangesOnItsOwn() {
        ByteRanges extents = new ByteRanges();
        extents.add(10, 20);

        ByteRanges copy = extents.copy();
        copy.add(20, 30);

        assertThat(extents.list()).containsExactly(new ByteRange(10, 20));
        assertThat(copy.list()).containsExactly(new ByteRange(10, 30));
        assertThat(copy).isNotEqualTo(extents).hasToString("[10-29]");
    }

    @Test
    void nothingIsAllOfNothing() {
        ByteRanges none = new ByteRanges();

        assertThat(none.isAll(0)).isTrue();
        assertThat(none.isAll(1)).isFalse();
        assertThat(none.gaps(0, ByteRange.END)).containsExactly(ByteRange.from(0));
    }

    @Test
    void bytesToTheEndAreAllBehindTheirFirst() {
        ByteRanges extents = new ByteRanges();

        extents.add(7, ByteRange.END);

        assertThat(extents.contains(ByteRange.END - 1)).isTrue();
        assertThat(extents.gaps(0, ByteRange.END)).containsExactly(new ByteRange(0, 7));
        assertThat(ByteRange.from(7)).hasToString("7-").isEqualTo(extents.list().getFirst());
    }

    @Test
    void bytesThatEndBeforeTheyBeginAreAMistake() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ByteRange(5, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> new ByteRange(-1, 5));
        assertThatIllegalArgumentException().isThrownBy(() -> new ByteRanges().add(5, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> new ByteRanges().gaps(-1, 4));
    }
}
