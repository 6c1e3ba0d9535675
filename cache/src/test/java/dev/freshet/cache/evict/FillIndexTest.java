package dev.freshet.cache.evict;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** It finds what a map would find. */
class FillIndexTest {

    private static final int STEPS = 200_000;
    private static final int NUMBERS = 20_000;

    /** The number in each slot. */
    private final long[] numbers = new long[STEPS];

    private final FillIndex index = new FillIndex(slot -> numbers[slot]);

    @RepeatedTest(5)
    void itFindsWhatAMapFindsWhateverComesAndGoes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<Long, Integer> expected = new HashMap<>();
        long[] known = LongStream.concat(LongStream.range(0, NUMBERS / 2), random.longs(NUMBERS / 2)).toArray();

        for (int slot = 0; slot < STEPS; slot++) {
            long number = known[random.nextInt(NUMBERS)];
            boolean growing = slot / 50_000 % 2 == 0;
            assertThat(index.find(number)).as("found of %d in step %d, seed %d", number, slot, seed)
                    .isEqualTo(expected.getOrDefault(number, FillTable.NONE));
            if (random.nextInt(10) < (growing ? 7 : 3)) {
                numbers[slot] = number;
                if (expected.putIfAbsent(number, slot) == null) {
                    index.add(number, slot);
                }
            } else {
                Integer removed = expected.remove(number);
                assertThat(index.remove(number)).as("removed of %d in step %d, seed %d", number, slot, seed)
                        .isEqualTo(removed == null ? FillTable.NONE : removed);
            }
        }

        assertThat(LongStream.of(known)).as("seed %d", seed)
                .allMatch(number -> index.find(number) == expected.getOrDefault(number, FillTable.NONE));
    }

    @Test
    void aTableFindsWhatIsLeftAfterAnyOneIsRemoved() {
        for (long removed = 0; removed < 20; removed++) {
            FillIndex.Table table = new FillIndex.Table(slot -> slot);
            IntStream.range(0, 20).forEach(table::add);

            assertThat(table.remove(removed)).isEqualTo((int) removed);

            assertThat(table.find(removed)).isEqualTo(FillTable.NONE);
            assertThat(LongStream.range(0, 20).filter(number -> table.find(number) == number)).hasSize(19);
        }
    }
}
