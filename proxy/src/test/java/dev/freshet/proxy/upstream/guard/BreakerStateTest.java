package dev.freshet.proxy.upstream.guard;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.proxy.upstream.guard.BreakerState.BreakerPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.freshet.proxy.upstream.guard.BreakerState.BreakerPolicy.FAILURES;
import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of a circuit breaker, as a pure function of what happens and when. */
class BreakerStateTest {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final double HALF = 0.5;
    private static final Failure DOWN = new Failure(FailureReason.UNREACHABLE, "its name does not resolve",
            Optional.empty());

    @ParameterizedTest(name = "{0} at {1} ms: open is {2}")
    @CsvSource(textBlock = """
            D D D D,       0 0 0 0,             false
            D D D D D,     0 0 0 0 0,           true
            a b c d,       0 0 0 0,             false
            a b c d e,     0 0 0 0 0,           true
            a a a a a a,   0 1 2 3 4 999,       false
            a a a a a,     0 1000 2000 3000 4000,  true
            a a a a a,     0 1000 2000 3000 3999,  false
            a D a D a,     0 0 0 0 0,           true
            a a b b c c D, 0 0 0 0 0 0 0,       false
            a b a b a,     0 0 0 0 0,           true
            D D D D a,     0 0 0 0 0,           true
            """)
    void fiveFailuresInARowOpenIt(String failures, String times, boolean isOpen) {
        String[] each = failures.split(" ", -1);
        String[] at = times.split(" ", -1);
        BreakerState state = BreakerState.CLOSED;

        for (int i = 0; i < each.length; i++) {
            assertThat(state).isInstanceOf(BreakerState.Closed.class);
            state = ((BreakerState.Closed) state).failed(failure(each[i]), Duration.ZERO,
                    Long.parseLong(at[i]) * MILLI, FAILURES, HALF);
        }

        assertThat(state instanceof BreakerState.Open).isEqualTo(isOpen);
    }

    @ParameterizedTest(name = "{0} of {1}, {2} ms after: {3} ms")
    @CsvSource(textBlock = """
            a, D, 0,    750
            a, D, 749,  1
            a, D, 750,  0
            a, D, 9000, 0
            a, a, 0,    1500
            a, a, 750,  750
            a, a, 1500, 0
            b, a, 0,    750
            b, a, 750,  0
            """)
    void itIsTimeForAProbeAfterTheWaitAndLaterForTheRequestThatFailedLast(String path, String last, long after,
            long pause) {
        BreakerState.Open open = new BreakerState.Open(0, failure(last), 0, 750 * MILLI);

        assertThat(open.wait("/" + path, after * MILLI)).isEqualTo(Duration.ofMillis(pause));
    }

    @Test
    void anotherRequestIsPreferredForFiveSecondsAtMost() {
        BreakerState.Open open = new BreakerState.Open(9, failure("a"), 0, 30_000 * MILLI);

        assertThat(open.wait("/a", 0)).isEqualTo(Duration.ofSeconds(35));
        assertThat(open.wait("/b", 0)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void eachProbeThatFailsDoublesTheWaitUpToHalfAMinute() {
        BreakerState.Open open = new BreakerState.Open(0, DOWN, 0, FAILURES.waitNanos(Duration.ZERO, 0, HALF));
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waits.add((open.dueNanos() - open.sinceNanos()) / MILLI);
            open = open.probed().failed(DOWN, Duration.ZERO, open.dueNanos() + 5 * MILLI, FAILURES, HALF);
        }

        assertThat(waits).containsExactly(750L, 1_500L, 3_000L, 6_000L, 12_000L, 22_500L, 22_500L, 22_500L);
    }

    @Test
    void aProbeThatTellsNothingIsFollowedByTheSameWait() {
        BreakerState.Open open = new BreakerState.Open(3, DOWN, 0, 6_000 * MILLI);

        BreakerState.Open again = open.probed().withdrawn(6_100 * MILLI, FAILURES);

        assertThat(again).isEqualTo(new BreakerState.Open(3, DOWN, 6_100 * MILLI, 12_100 * MILLI));
    }

    @Test
    void aFirstRefusalOpensItForAsLongAsItSays() {
        BreakerState state = BreakerState.CLOSED;

        state = ((BreakerState.Closed) state).failed(Failure.tooManyRequests(), Duration.ofMinutes(1), 0,
                BreakerPolicy.REFUSALS, HALF);

        assertThat(state).isEqualTo(new BreakerState.Open(0, Failure.tooManyRequests(), 0, 60_000 * MILLI));
    }

    @Test
    void afterARefusalAProbeThatTellsNothingIsFollowedByTheNextAtOnce() {
        BreakerState.Open open = new BreakerState.Open(3, Failure.tooManyRequests(), 0, 6_000 * MILLI);

        BreakerState.Open again = open.probed().withdrawn(6_100 * MILLI, BreakerPolicy.REFUSALS);

        assertThat(again.wait("", 6_100 * MILLI)).isZero();
    }

    @ParameterizedTest(name = "after {0} failed probes with chance {1}: {2} ms")
    @CsvSource({"0,0,500", "0,0.999,999", "1,0,1000", "4,0.5,12000", "5,0,15000", "5,0.999,29985", "60,0.5,22500"})
    void waitsAreFromHalfOfTheBoundOn(int failed, double random, long millis) {
        assertThat(FAILURES.waitNanos(Duration.ZERO, failed, random) / MILLI).isEqualTo(millis);
    }

    private static Failure failure(String word) {
        return word.equals("D")
                ? DOWN
                : new Failure(FailureReason.SERVER_ERROR, "it answered 503", Optional.of("/" + word));
    }
}
