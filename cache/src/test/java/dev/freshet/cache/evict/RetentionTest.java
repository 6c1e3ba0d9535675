package dev.freshet.cache.evict;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What counts as known, what goes first, and that nothing is lost when there is more than should be. */
class RetentionTest {

    private static final long KIB = 1024;
    private static final long CAPACITY = 1000 * KIB;

    private final Retention retention = new Retention(CAPACITY);

    @Test
    void anEmptyOneHasNothingToVisit() {
        assertThat(all()).isEmpty();
        assertThat(retention.bytes()).isZero();
        assertThat(retention.count()).isZero();
    }

    @Test
    void whatIsAddedIsCountedAndWeighedToTheByte() {
        retention.add(1, 5);
        retention.add(2, 0);
        retention.add(3, 70_000);

        assertThat(retention.count()).isEqualTo(3);
        assertThat(retention.bytes()).isEqualTo(70_005);
        assertThat(all()).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void whatIsAddedAgainTakesTheNewWeight() {
        retention.add(1, 5);

        retention.add(1, 7);

        assertThat(retention.count()).isEqualTo(1);
        assertThat(retention.bytes()).isEqualTo(7);
    }

    @Test
    void whatIsForgottenIsGone() {
        retention.add(1, 5);
        retention.add(2, 7);

        retention.forget(1);
        retention.forget(1);
        retention.touch(1);

        assertThat(retention.count()).isEqualTo(1);
        assertThat(retention.bytes()).isEqualTo(7);
        assertThat(all()).containsExactly(2L);
    }

    @Test
    void whatIsNotThereCanBeTouchedAndForgotten() {
        retention.touch(1);
        retention.forget(1);

        assertThat(all()).isEmpty();
        assertThat(retention.count()).isZero();
    }

    @Test
    void aFillMayBeHeavierThanAnIntCanSay() {
        Retention large = new Retention(100L << 40);

        large.add(1, 3L << 40);
        large.add(2, 1L << 40);

        assertThat(large.bytes()).isEqualTo(4L << 40);
        assertThat(visited(large)).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void aScanOfWhatIsReadOncePushesOutNothingThatIsWantedOften() {
        Shelf shelf = new Shelf(retention, CAPACITY);
        for (int round = 0; round < 5; round++) {
            LongStream.range(0, 50).forEach(hot -> shelf.want(hot, 10 * KIB));
        }

        LongStream.range(1000, 2000).forEach(cold -> shelf.want(cold, 10 * KIB));

        assertThat(LongStream.range(0, 50)).allMatch(shelf::holds);
        assertThat(retention.bytes()).isLessThanOrEqualTo(CAPACITY);
    }

    @Test
    void whatWasWantedYesterdayMakesWayForWhatIsWantedToday() {
        Shelf shelf = new Shelf(retention, CAPACITY);
        Random random = new Random(3);
        random.longs(1600, 0, 80).forEach(fill -> shelf.want(fill, 10 * KIB));

        random.longs(9600, 1000, 1080).forEach(fill -> shelf.want(fill, 10 * KIB));

        assertThat(LongStream.range(1000, 1080).filter(shelf::holds).count()).isGreaterThan(60);
    }

    @Test
    void theVisitorEndsTheVisit() {
        LongStream.range(0, 100).forEach(fill -> retention.add(fill, KIB));
        List<Long> seen = new ArrayList<>();

        retention.coldest(fill -> {
            seen.add(fill);
            return seen.size() < 3;
        });

        assertThat(seen).hasSize(3);
        assertThat(retention.count()).isEqualTo(100);
    }

    @Test
    void theVisitorMaySkipWhatIsHeldAndForgetTheRest() {
        LongStream.range(0, 500).forEach(fill -> retention.add(fill, KIB));
        List<Long> seen = new ArrayList<>();

        retention.coldest(fill -> {
            seen.add(fill);
            if (fill % 2 == 0) {
                retention.forget(fill);
            }
            return true;
        });

        assertThat(seen).doesNotHaveDuplicates().hasSize(500);
        assertThat(retention.count()).isEqualTo(250);
        assertThat(all()).hasSize(250).allMatch(fill -> fill % 2 == 1);
    }

    @Test
    void moreThanTheCapacityIsStillAllThere() {
        LongStream.range(0, 3000).forEach(fill -> retention.add(fill, KIB));

        assertThat(retention.count()).isEqualTo(3000);
        assertThat(retention.bytes()).isEqualTo(3000 * KIB);
        assertThat(all()).hasSize(3000).doesNotHaveDuplicates();
    }

    @Test
    void whatExceedsTheCapacityIsTheFirstToGoUntilItIsTouched() {
        LongStream.range(0, 500).forEach(fill -> retention.add(fill, KIB));
        retention.resize(100 * KIB);
        long first = all().getFirst();
        long second = all().get(1);

        retention.touch(first);

        assertThat(all()).hasSize(500).startsWith(second).doesNotHaveDuplicates();
        assertThat(all().indexOf(first)).isPositive();
    }

    @Test
    void whatExceedsTheCapacityCanBeForgottenAndAddedAgain() {
        LongStream.range(0, 500).forEach(fill -> retention.add(fill, KIB));
        retention.resize(100 * KIB);

        LongStream.range(0, 500).forEach(retention::forget);
        retention.add(7, KIB);

        assertThat(all()).containsExactly(7L);
        assertThat(retention.bytes()).isEqualTo(KIB);
    }

    @Test
    void aFillHeavierThanTheCapacityIsTheFirstToGo() {
        retention.add(1, KIB);

        retention.add(2, 2 * CAPACITY);

        assertThat(all()).containsExactly(2L, 1L);
    }

    @Test
    void usesCountBeforeHalfOfTheCapacityIsTaken() {
        retention.add(1, 50 * KIB);
        retention.add(2, 50 * KIB);
        retention.add(3, 50 * KIB);

        retention.touch(1);

        assertThat(all()).containsExactly(2L, 3L, 1L);
    }

    private List<Long> all() {
        return visited(retention);
    }

    private static List<Long> visited(Retention retention) {
        List<Long> seen = new ArrayList<>();
        retention.coldest(seen::add);
        return seen;
    }
}
