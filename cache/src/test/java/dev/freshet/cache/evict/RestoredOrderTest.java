package dev.freshet.cache.evict;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** An order that is saved and restored is, for what goes and what stays, the order that was. */
class RestoredOrderTest {

    private static final long KIB = 1024;
    private static final long CAPACITY = 20_000 * KIB;
    private static final int FILLS = 6000;

    @Test
    void nothingIsLostAndNothingIsNew() {
        Retention original = loaded();

        Retention restored = restored(original);

        assertThat(restored.count()).isEqualTo(original.count());
        assertThat(restored.bytes()).isEqualTo(original.bytes());
        assertThat(restored.order()).extracting(Ranked::fill)
                .containsExactlyInAnyOrderElementsOf(original.order().stream().map(Ranked::fill).toList());
    }

    @Test
    void usesSurvive() {
        Retention original = loaded();

        Retention restored = restored(original);

        assertThat(restored.order()).containsExactlyInAnyOrderElementsOf(original.order());
    }

    @Test
    void theOrderIsAboutTheSame() {
        Retention original = loaded();
        List<Long> before = original.order().stream().map(Ranked::fill).toList();

        List<Long> after = restored(original).order().stream().map(Ranked::fill).toList();

        for (int share = 1; share < 10; share++) {
            int first = before.size() * share / 10;
            assertThat(common(before.subList(0, first), after.subList(0, first))).isGreaterThan(first * 4 / 5);
        }
    }

    @Test
    void aboutTheSameGoUnderTheSameLoad() {
        Retention original = new Retention(CAPACITY);
        Shelf before = new Shelf(original, CAPACITY);
        load(before, 1, 60_000);
        Shelf after = new Shelf(before, restored(original));
        int already = before.evicted().size();

        load(before, 7, 20_000);
        load(after, 7, 20_000);

        List<Long> gone = before.evicted().subList(already, before.evicted().size());
        assertThat(after.evicted()).hasSizeBetween(gone.size() * 97 / 100, gone.size() * 103 / 100);
        assertThat(common(gone.subList(0, 2000), after.evicted().subList(0, 2000))).isGreaterThan(1400);
    }

    @Test
    void aScanAfterTheRestartPushesOutNothingThatWasWantedOften() {
        Retention original = new Retention(CAPACITY);
        Shelf before = new Shelf(original, CAPACITY);
        for (int round = 0; round < 5; round++) {
            LongStream.range(0, 1000).forEach(hot -> before.want(hot, 10 * KIB));
        }
        LongStream.range(5000, 8000).forEach(cold -> before.want(cold, 10 * KIB));
        Shelf after = new Shelf(before, restored(original));

        LongStream.range(10_000, 20_000).forEach(cold -> after.want(cold, 10 * KIB));

        assertThat(LongStream.range(0, 1000)).allMatch(after::holds);
    }

    @Test
    void anOrderForMoreSpaceThanThereIsNowIsKept() {
        Retention original = loaded();
        Retention smaller = new Retention(CAPACITY / 4);

        smaller.restore(original.order());

        assertThat(smaller.count()).isEqualTo(original.count());
        assertThat(smaller.order()).hasSize(Math.toIntExact(original.count()));
    }

    @Test
    void whatIsThereAlreadyStaysAsItIs() {
        Retention retention = new Retention(CAPACITY);
        retention.add(1, 5);

        retention.restore(List.of(new Ranked(1, 70, 3), new Ranked(2, 8, 1), new Ranked(2, 9, 1)));

        assertThat(retention.count()).isEqualTo(2);
        assertThat(retention.bytes()).isEqualTo(5 + 8);
    }

    private static Retention loaded() {
        Retention retention = new Retention(CAPACITY);
        load(new Shelf(retention, CAPACITY), 1, 60_000);
        return retention;
    }

    private static Retention restored(Retention original) {
        Retention restored = new Retention(CAPACITY);
        restored.restore(original.order());
        return restored;
    }

    /** Wants fills of 1 to 40 KiB, a few of them often. */
    private static void load(Shelf shelf, long seed, int wants) {
        Random random = new Random(seed);
        for (int want = 0; want < wants; want++) {
            long fill = (long) (FILLS * Math.pow(random.nextDouble(), 3));
            shelf.want(fill, KIB + fill * 7919 % (40 * KIB));
        }
    }

    private static int common(List<Long> some, List<Long> others) {
        Set<Long> both = new HashSet<>(some);
        both.retainAll(new HashSet<>(others));
        return both.size();
    }
}
