package dev.freshet.proxy.upstream.guard;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Decision;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Permit;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Rejected;
import dev.freshet.proxy.upstream.guard.Health.State;
import dev.freshet.testbed.ManualClock;
import dev.freshet.testbed.proxy.ManualScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may make a request, and what is told of it. */
class CircuitBreakerTest {

    private static final Failure DOWN = new Failure(FailureReason.UNREACHABLE, "its name does not resolve",
            Optional.empty());
    private static final Duration FIRST_WAIT = Duration.ofMillis(750);

    private final ManualClock clock = new ManualClock();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final List<State> changes = new ArrayList<>();
    private final CircuitBreaker breaker = CircuitBreaker.ofFailures(clock, scheduler::nanoTime, scheduler::random,
            health -> changes.add(health.state()));
    private final Instant start = clock.instant();

    @Test
    void anyAnswerBetweenFailuresKeepsItClosed() {
        for (int i = 0; i < 20; i++) {
            fail(4);
            try (Permit permit = permit()) {
                permit.answered();
            }
        }

        assertThat(breaker.health().state()).isEqualTo(State.CLOSED);
        assertThat(changes).isEmpty();
    }

    @Test
    void whileItIsOpenRequestsAreHeldAndTheLastFailureIsTold() {
        fail(5);

        assertThat(breaker.tryAcquire("/v2/")).isEqualTo(new Rejected(DOWN, FIRST_WAIT));
        assertThat(breaker.health()).isEqualTo(new Health(State.OPEN, start, Optional.of(DOWN.words()),
                Optional.empty(), Optional.of(start.plus(FIRST_WAIT))));
    }

    @Test
    void aProbeThatTakesItsTimeHoldsUpNoOther() {
        fail(5);
        elapse(Duration.ofSeconds(1));
        Permit slow = permit();
        elapse(Duration.ofMillis(6_999));
        assertThat(breaker.tryAcquire("/v2/other")).isInstanceOf(Rejected.class);
        elapse(Duration.ofMillis(1));

        Permit next = permit();
        assertThat(breaker.tryAcquire("/v2/third")).isInstanceOf(Rejected.class);
        slow.failed(DOWN);
        assertThat(breaker.health().state()).isEqualTo(State.HALF_OPEN);
        next.answered();

        assertThat(breaker.health().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void oneProbeAtATimeIsLetThrough() {
        fail(5);
        elapse(Duration.ofSeconds(1));

        try (Permit probe = permit()) {
            Decision other = breaker.tryAcquire("/v2/other");

            assertThat(other).isEqualTo(new Rejected(DOWN, Duration.ofMillis(750)));
            assertThat(breaker.health().state()).isEqualTo(State.HALF_OPEN);
            probe.failed(DOWN);
        }
        assertThat(breaker.tryAcquire("/v2/")).isEqualTo(new Rejected(DOWN, Duration.ofMillis(1_500)));
        assertThat(breaker.health().nextProbe()).contains(start.plusMillis(2_500));
    }

    @Test
    void aProbeThatIsAnsweredClosesIt() {
        fail(5);
        elapse(Duration.ofSeconds(1));
        try (Permit probe = permit()) {
            probe.answered();
        }

        assertThat(breaker.tryAcquire("/v2/")).isInstanceOf(Permit.class);
        assertThat(breaker.health()).isEqualTo(new Health(State.CLOSED, start.plusSeconds(1),
                Optional.of(DOWN.words()), Optional.of(start.plusSeconds(1)), Optional.empty()));
        assertThat(changes).containsExactly(State.OPEN, State.CLOSED);
    }

    @Test
    void afterARecoveryTheFirstWaitIsShortAgain() {
        fail(5);
        for (int i = 0; i < 6; i++) {
            elapse(Duration.ofSeconds(30));
            fail(1);
        }
        elapse(Duration.ofSeconds(30));
        try (Permit probe = permit()) {
            probe.answered();
        }

        fail(5);

        assertThat(breaker.tryAcquire("/v2/")).isEqualTo(new Rejected(DOWN, FIRST_WAIT));
    }

    @Test
    void aProbeThatIsGivenUpIsFollowedByAnother() {
        fail(5);
        elapse(Duration.ofSeconds(1));
        permit().close();

        assertThat(breaker.tryAcquire("/v2/")).isEqualTo(new Rejected(DOWN, FIRST_WAIT));
        elapse(FIRST_WAIT);
        assertThat(breaker.tryAcquire("/v2/")).isInstanceOf(Permit.class);
    }

    @Test
    void whatWasBegunBeforeAndFailsWhileAProbeIsOnItsWayChangesNothing() {
        Permit early = permit();
        fail(5);
        elapse(Duration.ofSeconds(1));
        Permit probe = permit();

        early.failed(DOWN);
        early.close();

        assertThat(breaker.health().state()).isEqualTo(State.HALF_OPEN);
        probe.answered();
        assertThat(breaker.health().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void whatWasBegunBeforeAndIsAnsweredClosesIt() {
        Permit early = permit();
        fail(5);

        early.answered();

        assertThat(breaker.health().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void onlyWhatIsSaidFirstOfARequestCounts() {
        for (int i = 0; i < 10; i++) {
            Permit permit = permit();
            permit.answered();
            permit.failed(DOWN);
            permit.close();
        }

        assertThat(breaker.health().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void ofTwoHundredThatAskAtOnceOneIsTheProbe() throws InterruptedException {
        fail(5);
        elapse(Duration.ofSeconds(1));
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger probes = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, 200).forEach(i -> threads.execute(() -> {
                awaitUninterruptibly(go);
                probes.addAndGet(breaker.tryAcquire("/v2/" + i) instanceof Permit ? 1 : 0);
            }));
            go.countDown();
        }

        assertThat(probes).hasValue(1);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Permit permit() {
        Decision decision = breaker.tryAcquire("/v2/");
        assertThat(decision).isInstanceOf(Permit.class);
        return (Permit) decision;
    }

    private void elapse(Duration time) {
        clock.advance(time);
        scheduler.advance(time);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            try (Permit permit = permit()) {
                permit.failed(DOWN);
            }
        }
    }
}
