package dev.freshet.cache.evict;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Standings sort as what they stand for. */
class RankTest {

    @Test
    void theyGrowFromTheColdestOfTheLowestRankToTheWarmestOfTheHighest() {
        List<Long> standings = List.of(Rank.standing(0, -1L << 60), Rank.standing(0, -1), Rank.standing(0, 0),
                Rank.standing(0, 1),
                Rank.standing(0, (1L << 60) - 1), Rank.standing(1, -1L << 60), Rank.standing(2, 5),
                Rank.standing(3, -5),
                Rank.standing(3, (1L << 60) - 1));

        assertThat(standings).isSorted().doesNotHaveDuplicates().allMatch(standing -> standing > FillTable.NOWHERE);
        assertThat(standings).extracting(Rank::rank).containsExactly(0, 0, 0, 0, 0, 1, 2, 3, 3);
    }
}
