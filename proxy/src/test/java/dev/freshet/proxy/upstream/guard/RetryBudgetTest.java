package dev.freshet.proxy.upstream.guard;

import dev.freshet.testbed.proxy.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** How often a download is tried again. */
class RetryBudgetTest {

    private final ManualScheduler scheduler = new ManualScheduler();
    private final RetryBudget budget = RetryBudget.forFirst(scheduler::nanoTime, scheduler::random,
            Duration.ofSeconds(60),
            new RetryShare(scheduler::nanoTime));

    @Test
    void beforeTheFirstByteThereAreFourAttempts() {
        List<Optional<Duration>> pauses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pauses.add(budget.failed());
        }

        assertThat(pauses).containsExactly(Optional.of(Duration.ofMillis(75)), Optional.of(Duration.ofMillis(150)),
                Optional.of(Duration.ofMillis(300)), Optional.empty());
    }

    @Test
    void afterAFairShareTheNextIsMadeAtOnce() {
        budget.received(RetryBudget.FAIR_SHARE);

        assertThat(budget.failed()).hasValue(Duration.ZERO);
        assertThat(budget.failed()).hasValue(Duration.ofMillis(150));
        budget.received(RetryBudget.REAL_PROGRESS);
        assertThat(budget.failed()).hasValue(Duration.ofMillis(75));
        budget.received(RetryBudget.FAIR_SHARE);
        assertThat(budget.failed()).hasValue(Duration.ZERO);
    }

    @Test
    void aThirdOfTheStallTimeoutWithoutProgressIsTooSlowUnlessTheReaderWasAway() {
        budget.received(1000);
        budget.left();
        scheduler.advance(Duration.ofSeconds(30));
        budget.back();
        assertThat(budget.isTrickling()).isFalse();

        scheduler.advance(Duration.ofSeconds(21));

        assertThat(budget.isTrickling()).isTrue();
        budget.connected();
        assertThat(budget.isTrickling()).isFalse();
    }

    @Test
    void aPauseIsNoTrickleThoughItIsNoProgress() {
        budget.received(1000);
        scheduler.advance(Duration.ofSeconds(30));
        budget.waited(Duration.ofSeconds(30).toNanos());
        assertThat(budget.isTrickling()).isFalse();

        scheduler.advance(Duration.ofSeconds(21));
        assertThat(budget.isTrickling()).isTrue();
        assertThat(budget.isStalled()).isFalse();
        scheduler.advance(Duration.ofSeconds(10));

        assertThat(budget.isStalled()).isTrue();
    }

    @Test
    void timeStandsStillWhileAConnectionBesideSkipsFast() {
        scheduler.advance(Duration.ofSeconds(61));
        budget.skippedBeside(Duration.ofSeconds(21).toNanos());
        assertThat(budget.isStalled()).isTrue();

        budget.skippedBeside(Duration.ofSeconds(2).toNanos());

        assertThat(budget.isStalled()).isFalse();
    }

    @Test
    void aWaitThatAnUpstreamAsksForMustFit() {
        assertThat(budget.covers(Duration.ofSeconds(2))).isTrue();
        assertThat(budget.covers(Duration.ofSeconds(3))).isFalse();

        budget.received(1);

        assertThat(budget.covers(Duration.ofSeconds(60))).isTrue();
        assertThat(budget.covers(Duration.ofSeconds(61))).isFalse();
    }

    @Test
    @DisplayName("U-17: less than 64 KiB within the stall timeout is no progress")
    void aTrickleIsNoProgress() {
        for (int i = 0; i <= 60; i++) {
            budget.received(1000);
            scheduler.advance(Duration.ofSeconds(1));
        }

        assertThat(budget.isStalled()).isTrue();
        assertThat(budget.failed()).isEmpty();
    }

    @Test
    void pausesNeverExceedFiveSecondsAndEndAtTheStallTimeout() {
        budget.received(1);
        int attempts = 0;
        for (Optional<Duration> pause = budget.failed(); pause.isPresent(); pause = budget.failed()) {
            attempts++;
            assertThat(pause.get()).isLessThanOrEqualTo(Duration.ofSeconds(5));
            scheduler.advance(pause.get());
        }

        assertThat(attempts).isBetween(10, 30);
    }
}
