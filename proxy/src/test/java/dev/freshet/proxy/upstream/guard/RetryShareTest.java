package dev.freshet.proxy.upstream.guard;

import dev.freshet.testbed.proxy.ManualScheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** How many requests are made again, of many. */
class RetryShareTest {

    private final ManualScheduler scheduler = new ManualScheduler();
    private final RetryShare share = new RetryShare(scheduler::nanoTime);

    @Test
    void aThousandRequestsThatFailAreMadeAgainTwoHundredTimesAndTwenty() {
        int again = 0;
        for (int i = 0; i < 1_000; i++) {
            share.begun();
            while (share.take()) {
                again++;
            }
        }

        assertThat(again).isBetween(215, 220);
    }

    @Test
    void eachSecondAllowsOneMoreAndTwentyAtMostAreSaved() {
        assertThat(taken()).isEqualTo(20);
        assertThat(share.take()).isFalse();
        scheduler.advance(Duration.ofMillis(999));
        assertThat(share.take()).isFalse();
        scheduler.advance(Duration.ofMillis(2));

        assertThat(taken()).isEqualTo(1);
        scheduler.advance(Duration.ofHours(1));
        assertThat(taken()).isEqualTo(20);
    }

    private int taken() {
        int count = 0;
        while (share.take()) {
            count++;
        }
        return count;
    }
}
