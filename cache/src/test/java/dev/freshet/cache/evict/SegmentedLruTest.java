package dev.freshet.cache.evict;

import dev.freshet.cache.evict.EvictionOrder.Ranked;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What counts as known, what goes first, and that nothing is lost when there is more than should be. */
class SegmentedLruTest {

    private static final long KIB = 1024;
    private static final long CAPACITY = 1000 * KIB;

    private final EvictionPolicy policy = new SegmentedLru(CAPACITY);

    @Test
    void anEmptyOneHasNothingToVisit() {
        assertThat(all()).isEmpty();
        assertThat(policy.bytes()).isZero();
        assertThat(policy.count()).isZero();
    }

    @Test
    void whatIsAddedIsCountedAndWeighedToTheByte() {
        policy.add(1, 5);
        policy.add(2, 0);
        policy.add(3, 3L << 40);

        assertThat(policy.count()).isEqualTo(3);
        assertThat(policy.bytes()).isEqualTo((3L << 40) + 5);
        assertThat(all()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void whatIsAddedAgainTakesTheNewWeightAndStaysWhereItIs() {
        policy.add(1, 5);
        policy.add(2, 5);

        policy.add(1, 7);

        assertThat(policy.count()).isEqualTo(2);
        assertThat(policy.bytes()).isEqualTo(12);
        assertThat(Orders.of(policy)).containsExactly(new Ranked(1, 7, 1), new Ranked(2, 5, 1));
    }

    @Test
    void whatIsForgottenIsGone() {
        policy.add(1, 5);
        policy.add(2, 7);

        policy.forget(1);
        policy.forget(1);
        policy.touch(1);

        assertThat(policy.count()).isEqualTo(1);
        assertThat(policy.bytes()).isEqualTo(7);
        assertThat(all()).containsExactly(2L);
    }

    @Test
    void whatIsNotThereCanBeTouchedAndForgotten() {
        policy.touch(1);
        policy.forget(1);

        assertThat(all()).isEmpty();
        assertThat(policy.count()).isZero();
    }

    @Test
    void whatWasUsedMoreOftenGoesLaterThanWhatWasUsedLater() {
        LongStream.rangeClosed(1, 5).forEach(fill -> policy.add(fill, 20 * KIB));

        LongStream.of(2, 1, 2, 3).forEach(policy::touch);

        assertThat(all()).containsExactly(4L, 5L, 1L, 3L, 2L);
    }

    @Test
    void usesThatFollowEachOtherCloselyAreOne() {
        LongStream.rangeClosed(1, 3).forEach(fill -> policy.add(fill, 20 * KIB));

        LongStream.of(3, 3, 3, 1, 1, 1).forEach(policy::touch);

        assertThat(Orders.of(policy)).containsExactly(new Ranked(2, 20 * KIB, 1), new Ranked(3, 20 * KIB, 1),
                new Ranked(1, 20 * KIB, 2));
    }

    @Test
    void usesThatFollowEachOtherCloselyStillMakeAFillTheWarmestOfItsRank() {
        LongStream.rangeClosed(1, 3).forEach(fill -> policy.add(fill, KIB));

        policy.touch(1);

        assertThat(all()).containsExactly(2L, 3L, 1L);
    }

    @Test
    void threeQuartersAreForWhatWasUsedAgain() {
        LongStream.range(0, 10).forEach(fill -> policy.add(fill, 100 * KIB));

        LongStream.range(0, 10).forEach(policy::touch);

        assertThat(Orders.of(policy)).extracting(Ranked::uses).containsExactly(1, 1, 1, 2, 2, 2, 2, 2, 2, 2);
        assertThat(all()).isSorted();
    }

    @Test
    void aHalfIsForWhatWasUsedOftenAndAQuarterForWhatWasUsedMost() {
        LongStream.range(0, 10).forEach(fill -> policy.add(fill, 100 * KIB));

        new Random(5).longs(1000, 0, 10).forEach(policy::touch);

        assertThat(Orders.of(policy)).extracting(Ranked::uses).containsExactly(1, 1, 1, 2, 2, 3, 3, 3, 4, 4);
    }

    @Test
    void aScanOfWhatIsReadOncePushesOutNothingThatIsWantedOften() {
        Shelf shelf = new Shelf(policy, CAPACITY);
        for (int round = 0; round < 2; round++) {
            LongStream.range(0, 50).forEach(hot -> shelf.want(hot, 10 * KIB));
        }

        LongStream.range(1000, 6000).forEach(cold -> shelf.want(cold, 10 * KIB));

        assertThat(LongStream.range(0, 50)).allMatch(shelf::holds);
        assertThat(policy.bytes()).isLessThanOrEqualTo(CAPACITY);
    }

    @Test
    void aScanThatReadsEachItemInPiecesPushesOutNothingEither() {
        Shelf shelf = new Shelf(policy, CAPACITY);
        for (int round = 0; round < 2; round++) {
            LongStream.range(0, 50).forEach(hot -> shelf.want(hot, 10 * KIB));
        }

        LongStream.range(4000, 24_000).forEach(piece -> shelf.want(piece / 4, 10 * KIB));

        assertThat(LongStream.range(0, 50)).allMatch(shelf::holds);
    }

    @Test
    void whatWasWantedYesterdayMakesWayForWhatIsWantedToday() {
        Shelf shelf = new Shelf(policy, CAPACITY);
        Random random = new Random(3);
        random.longs(1600, 0, 80).forEach(fill -> shelf.want(fill, 10 * KIB));

        random.longs(1600, 1000, 1080).forEach(fill -> shelf.want(fill, 10 * KIB));

        assertThat(LongStream.range(1000, 1080)).allMatch(shelf::holds);
    }

    @Test
    void theVisitorEndsTheVisit() {
        LongStream.range(0, 100).forEach(fill -> policy.add(fill, KIB));
        List<Long> seen = new ArrayList<>();

        policy.coldest(fill -> {
            seen.add(fill);
            return seen.size() < 3;
        });

        assertThat(seen).containsExactly(0L, 1L, 2L);
        assertThat(policy.count()).isEqualTo(100);
    }

    @Test
    void theVisitorMaySkipWhatIsHeldAndForgetTheRest() {
        LongStream.range(0, 500).forEach(fill -> policy.add(fill, KIB));
        List<Long> seen = new ArrayList<>();

        policy.coldest(fill -> {
            seen.add(fill);
            if (fill % 2 == 0) {
                policy.forget(fill);
            }
            return true;
        });

        assertThat(seen).doesNotHaveDuplicates().hasSize(500);
        assertThat(policy.count()).isEqualTo(250);
        assertThat(all()).hasSize(250).allMatch(fill -> fill % 2 == 1);
    }

    @Test
    void moreThanTheCapacityIsStillAllThere() {
        LongStream.range(0, 3000).forEach(fill -> policy.add(fill, KIB));
        LongStream.range(0, 3000).forEach(policy::touch);

        assertThat(policy.count()).isEqualTo(3000);
        assertThat(policy.bytes()).isEqualTo(3000 * KIB);
        assertThat(all()).hasSize(3000).doesNotHaveDuplicates();
    }

    @Test
    void lessCapacityChangesNoOrder() {
        LongStream.range(0, 500).forEach(fill -> policy.add(fill, KIB));
        new Random(5).longs(500, 0, 500).forEach(policy::touch);
        List<Long> before = all();

        policy.resize(10 * KIB);

        assertThat(all()).isEqualTo(before);
        assertThat(Orders.of(policy)).filteredOn(ranked -> ranked.uses() == 1).hasSizeGreaterThan(490);
    }

    @Test
    void aFillTooHeavyForARankMakesNoOtherSink() {
        policy.add(1, KIB);
        policy.add(2, CAPACITY);
        policy.add(3, CAPACITY);
        policy.touch(1);

        policy.touch(2);

        assertThat(Orders.of(policy)).containsExactly(new Ranked(3, CAPACITY, 1), new Ranked(2, CAPACITY, 1),
                new Ranked(1, KIB, 2));
    }

    private List<Long> all() {
        List<Long> seen = new ArrayList<>();
        policy.coldest(seen::add);
        return seen;
    }
}
