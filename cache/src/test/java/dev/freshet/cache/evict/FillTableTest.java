package dev.freshet.cache.evict;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Each fill has a slot to itself, with all that belongs to it. */
class FillTableTest {

    private final FillTable slots = new FillTable();

    @Test
    void aSlotKeepsWhatItIsGiven() {
        int slot = slots.take(-7, 3L << 40);

        slots.stand(slot, 1L << 60);
        slots.lift(slot, 5L << 50);

        assertThat(slots.fill(slot)).isEqualTo(-7);
        assertThat(slots.bytes(slot)).isEqualTo(3L << 40);
        assertThat(slots.standing(slot)).isEqualTo(1L << 60);
        assertThat(slots.liftedAt(slot)).isEqualTo(5L << 50);
    }

    @Test
    void tensOfThousandsHaveOneEach() {
        int[] taken = IntStream.range(0, 50_000).map(fill -> slots.take(fill, 2L * fill)).toArray();

        assertThat(taken).doesNotHaveDuplicates();
        assertThat(IntStream.range(0, 50_000))
                .allMatch(fill -> slots.fill(taken[fill]) == fill && slots.bytes(taken[fill]) == 2L * fill);
    }

    @Test
    void whoeverStandsAloneIsItsOwnNeighbour() {
        int slot = slots.take(1, 1);

        assertThat(slots.colder(slot)).isEqualTo(slot);
        assertThat(slots.warmer(slot)).isEqualTo(slot);
        assertThat(slots.standing(slot)).isEqualTo(FillTable.NOWHERE);
    }

    @Test
    void neighboursKnowEachOther() {
        int cold = slots.take(1, 1);
        int warm = slots.take(2, 1);

        slots.join(cold, warm);

        assertThat(slots.warmer(cold)).isEqualTo(warm);
        assertThat(slots.colder(warm)).isEqualTo(cold);
        assertThat(slots.colder(cold)).isEqualTo(cold);
        assertThat(slots.warmer(warm)).isEqualTo(warm);
    }

    @Test
    void slotsThatWereReleasedAreUsedAgain() {
        int[] first = IntStream.range(0, 100).map(fill -> slots.take(fill, 1)).toArray();
        IntStream.of(first).forEach(slots::release);

        int[] second = IntStream.range(100, 200).map(fill -> slots.take(fill, 1)).toArray();

        assertThat(second).containsExactlyInAnyOrder(first);
    }

    @Test
    void duringAVisitNoSlotIsUsedForAnotherFill() {
        int released = slots.take(1, 1);
        int end = slots.beginVisit();
        slots.release(released);

        int during = slots.take(2, 1);
        slots.endVisit();
        int after = slots.take(3, 1);

        assertThat(released).isLessThan(end);
        assertThat(slots.standing(released)).isEqualTo(FillTable.NOWHERE);
        assertThat(during).isGreaterThanOrEqualTo(end);
        assertThat(after).isEqualTo(released);
    }
}
