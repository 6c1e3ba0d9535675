package dev.freshet.cache.fill;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Which connections are given up, and when. */
final class SlowConnectionDetectorTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int MIB = 1 << 20;

    private final SlowConnectionDetector detector = new SlowConnectionDetector();

    @Test
    void aConnectionThatIsFarSlowerThanItsSiblingsIsDroppedAfterASecond() {
        RangeTask fast = came(4 * MIB, 0);
        RangeTask slow = came(MIB / 8, 0);

        detector.drop(List.of(fast, slow), SECOND - 1);
        assertThat(slow.isDropped()).isFalse();

        detector.drop(List.of(fast, slow), SECOND);
        assertThat(slow.isDropped()).isTrue();
        assertThat(fast.isDropped()).isFalse();
    }

    @Test
    void theNextOneHasTwiceTheTime() {
        RangeTask fast = came(7 * MIB, 0);
        detector.drop(List.of(fast, came(MIB / 8, 0)), SECOND);
        RangeTask next = came(MIB / 8, SECOND);

        detector.drop(List.of(fast, next), 3 * SECOND - 1);
        assertThat(next.isDropped()).isFalse();

        detector.drop(List.of(fast, next), 3 * SECOND);
        assertThat(next.isDropped()).isTrue();
    }

    @Test
    void noneIsDroppedWhenAllAreSlow() {
        List<RangeTask> all = List.of(came(MIB / 8, 0), came(MIB / 8, 0), came(MIB / 7, 0));

        detector.drop(all, 10 * SECOND);

        assertThat(all).noneMatch(RangeTask::isDropped);
    }

    @Test
    void oneThatIsNearlyDoneIsLetFinish() {
        RangeTask fast = came(4 * MIB, 0);
        RangeTask slow = new RangeTask(0, MIB / 4, 0);
        slow.passed(MIB / 8);

        detector.drop(List.of(fast, slow), SECOND);

        assertThat(slow.isDropped()).isFalse();
    }

    @Test
    void theLastOneIsComparedWithWhatCameBefore() {
        detector.remember(4.0 * MIB);
        RangeTask alone = came(MIB / 8, 0);

        detector.drop(List.of(alone), SECOND);

        assertThat(alone.isDropped()).isTrue();
    }

    /** A task of 8 MiB of which so much has come, and which has waited for the rest ever since it began. */
    private static RangeTask came(int bytes, long sinceNanos) {
        RangeTask task = new RangeTask(0, 8L * MIB, sinceNanos);
        task.passed(bytes);
        return task;
    }
}
