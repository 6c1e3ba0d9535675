package dev.freshet.cache.evict;

import dev.freshet.cache.evict.EvictionOrder.Ranked;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** An order that is saved and restored is, for what goes and what stays, the order that was. */
class RestoredOrderTest {

    private static final long KIB = 1024;
    private static final long CAPACITY = 20_000 * KIB;
    private static final int ITEMS = 6000;

    private final EvictionPolicy original = new SegmentedLru(CAPACITY);
    private final Shelf before = new Shelf(original, CAPACITY);

    @Test
    void itIsTheSame() {
        load(before, 1, 20_000);

        EvictionPolicy restored = restored();

        assertThat(Orders.of(restored)).isEqualTo(Orders.of(original));
        assertThat(Orders.of(restored)).extracting(Ranked::uses).contains(1, 2, 3, 4);
        assertThat(restored.count()).isEqualTo(original.count());
        assertThat(restored.bytes()).isEqualTo(original.bytes());
    }

    @Test
    void theSameGoUnderTheSameLoad() {
        load(before, 1, 20_000);
        Shelf after = new Shelf(before, restored());
        int already = before.evicted().size();

        load(before, 7, 5000);
        load(after, 7, 5000);

        assertThat(after.evicted()).hasSizeGreaterThan(2000)
                .isEqualTo(before.evicted().subList(already, before.evicted().size()));
    }

    @Test
    void aScanAfterTheRestartPushesOutNothingThatWasWantedOften() {
        for (int round = 0; round < 2; round++) {
            LongStream.range(0, 1000).forEach(hot -> before.want(hot, 10 * KIB));
        }
        Shelf after = new Shelf(before, restored());

        LongStream.range(10_000, 20_000).forEach(cold -> after.want(cold, 10 * KIB));

        assertThat(LongStream.range(0, 1000)).allMatch(after::holds);
    }

    @Test
    void itIsTheSameWithLessSpace() {
        load(before, 1, 20_000);
        EvictionPolicy smaller = new SegmentedLru(CAPACITY / 4);

        smaller.restore(Orders.of(original));

        assertThat(Orders.of(smaller)).extracting(Ranked::fill)
                .isEqualTo(Orders.of(original).stream().map(Ranked::fill).toList());
    }

    @Test
    void whatIsThereAlreadyStaysAsItIs() {
        EvictionPolicy policy = new SegmentedLru(CAPACITY);
        policy.add(1, 5);

        policy.restore(List.of(new Ranked(1, 70, 3), new Ranked(2, 8, 1)));

        assertThat(Orders.of(policy)).containsExactly(new Ranked(2, 8, 1), new Ranked(1, 5, 1));
        assertThat(policy.bytes()).isEqualTo(5 + 8);
    }

    @Test
    void whatHasComeSinceTheRestartIsWarmerThanWhatWasThereBefore() {
        EvictionPolicy policy = new SegmentedLru(CAPACITY);
        policy.add(7, CAPACITY / 20);
        policy.add(8, CAPACITY / 20);
        policy.touch(7);

        policy.restore(List.of(new Ranked(1, 5, 1), new Ranked(2, 5, 1), new Ranked(3, 5, 2), new Ranked(4, 5, 3)));

        assertThat(Orders.of(policy)).extracting(Ranked::fill).containsExactly(1L, 2L, 8L, 3L, 7L, 4L);
    }

    @Test
    void tensOfThousandsAreRestoredInTheirOrder() {
        EvictionPolicy policy = new SegmentedLru(1L << 40);
        List<Ranked> order = LongStream.range(0, 20_000).mapToObj(fill -> new Ranked(fill, 5, 1)).toList();

        policy.restore(order);

        assertThat(Orders.of(policy)).isEqualTo(order);
    }

    @Test
    void usesThatNobodyCanHaveSavedDoNoHarm() {
        EvictionPolicy policy = new SegmentedLru(CAPACITY);

        policy.restore(List.of(new Ranked(1, 5, -1), new Ranked(2, 5, 0), new Ranked(3, 5, 99)));

        assertThat(Orders.of(policy)).containsExactly(new Ranked(1, 5, 1), new Ranked(2, 5, 1), new Ranked(3, 5, 4));
    }

    private EvictionPolicy restored() {
        EvictionPolicy restored = new SegmentedLru(CAPACITY);
        restored.restore(Orders.of(original));
        return restored;
    }

    /** Wants items of 1 to 40 KiB, a few of them often. */
    private static void load(Shelf shelf, long seed, int wants) {
        Random random = new Random(seed);
        for (int want = 0; want < wants; want++) {
            long item = (long) (ITEMS * Math.pow(random.nextDouble(), 3));
            shelf.want(item, KIB + item * 7919 % (40 * KIB));
        }
    }
}
