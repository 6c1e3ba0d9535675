package dev.freshet.cache.fill;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Which connections are given up, and when. */
final class StragglersTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int MIB = 1 << 20;

    private final Stragglers stragglers = new Stragglers();

    @Test
    void aConnectionThatIsFarSlowerThanItsSiblingsIsDroppedAfterASecond() {
        Stretch fast = came(4 * MIB, 0);
        Stretch slow = came(MIB / 8, 0);

        stragglers.drop(List.of(fast, slow), SECOND - 1);
        assertThat(slow.isDropped()).isFalse();

        stragglers.drop(List.of(fast, slow), SECOND);
        assertThat(slow.isDropped()).isTrue();
        assertThat(fast.isDropped()).isFalse();
    }

    @Test
    void theNextOneHasTwiceTheTime() {
        Stretch fast = came(7 * MIB, 0);
        stragglers.drop(List.of(fast, came(MIB / 8, 0)), SECOND);
        Stretch next = came(MIB / 8, SECOND);

        stragglers.drop(List.of(fast, next), 3 * SECOND - 1);
        assertThat(next.isDropped()).isFalse();

        stragglers.drop(List.of(fast, next), 3 * SECOND);
        assertThat(next.isDropped()).isTrue();
    }

    @Test
    void noneIsDroppedWhenAllAreSlow() {
        List<Stretch> all = List.of(came(MIB / 8, 0), came(MIB / 8, 0), came(MIB / 7, 0));

        stragglers.drop(all, 10 * SECOND);

        assertThat(all).noneMatch(Stretch::isDropped);
    }

    @Test
    void oneThatIsNearlyDoneIsLetFinish() {
        Stretch fast = came(4 * MIB, 0);
        Stretch slow = new Stretch(0, MIB / 4, 0);
        slow.passed(MIB / 8);

        stragglers.drop(List.of(fast, slow), SECOND);

        assertThat(slow.isDropped()).isFalse();
    }

    @Test
    void theLastOneIsComparedWithWhatCameBefore() {
        stragglers.remember(4.0 * MIB);
        Stretch alone = came(MIB / 8, 0);

        stragglers.drop(List.of(alone), SECOND);

        assertThat(alone.isDropped()).isTrue();
    }

    /** A stretch of 8 MiB of which so much has come, and which has waited for the rest ever since it began. */
    private static Stretch came(int bytes, long sinceNanos) {
        Stretch stretch = new Stretch(0, 8L * MIB, sinceNanos);
        stretch.passed(bytes);
        return stretch;
    }
}
