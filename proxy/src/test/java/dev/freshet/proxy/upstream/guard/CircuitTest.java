package dev.freshet.proxy.upstream.guard;

import dev.freshet.proxy.upstream.guard.Admission.Held;
import dev.freshet.proxy.upstream.guard.Health.State;
import dev.freshet.proxy.upstream.guard.Trouble.Cause;
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
class CircuitTest {

    private static final Trouble DOWN = new Trouble(Cause.UNREACHABLE, "its name does not resolve", Optional.empty());
    private static final Duration FIRST_WAIT = Duration.ofMillis(750);

    private final ManualClock clock = new ManualClock();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final List<State> changes = new ArrayList<>();
    private final Circuit circuit = new Circuit(clock, scheduler::nanoTime, scheduler::random,
            health -> changes.add(health.state()));
    private final Instant start = clock.instant();

    @Test
    void anyAnswerBetweenFailuresKeepsItClosed() {
        for (int i = 0; i < 20; i++) {
            fail(4);
            try (Pass pass = pass()) {
                pass.answered();
            }
        }

        assertThat(circuit.health().state()).isEqualTo(State.CLOSED);
        assertThat(changes).isEmpty();
    }

    @Test
    void whileItIsOpenRequestsAreHeldAndTheLastFailureIsTold() {
        fail(5);

        assertThat(circuit.enter("/v2/")).isEqualTo(new Held(DOWN, FIRST_WAIT));
        assertThat(circuit.health()).isEqualTo(new Health(State.OPEN, start, Optional.of(DOWN.words()),
                Optional.empty(), Optional.of(start.plus(FIRST_WAIT))));
    }

    @Test
    void aProbeThatTakesItsTimeHoldsUpNoOther() {
        fail(5);
        pass(Duration.ofSeconds(1));
        Pass slow = pass();
        pass(Duration.ofMillis(6_999));
        assertThat(circuit.enter("/v2/other")).isInstanceOf(Held.class);
        pass(Duration.ofMillis(1));

        Pass next = pass();
        assertThat(circuit.enter("/v2/third")).isInstanceOf(Held.class);
        slow.failed(DOWN);
        assertThat(circuit.health().state()).isEqualTo(State.HALF_OPEN);
        next.answered();

        assertThat(circuit.health().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void oneProbeAtATimeIsLetThrough() {
        fail(5);
        pass(Duration.ofSeconds(1));

        try (Pass probe = pass()) {
            Admission other = circuit.enter("/v2/other");

            assertThat(other).isEqualTo(new Held(DOWN, Duration.ofMillis(750)));
            assertThat(circuit.health().state()).isEqualTo(State.HALF_OPEN);
            probe.failed(DOWN);
        }
        assertThat(circuit.enter("/v2/")).isEqualTo(new Held(DOWN, Duration.ofMillis(1_500)));
        assertThat(circuit.health().nextProbe()).contains(start.plusMillis(2_500));
    }

    @Test
    void aProbeThatIsAnsweredClosesIt() {
        fail(5);
        pass(Duration.ofSeconds(1));
        try (Pass probe = pass()) {
            probe.answered();
        }

        assertThat(circuit.enter("/v2/")).isInstanceOf(Pass.class);
        assertThat(circuit.health()).isEqualTo(new Health(State.CLOSED, start.plusSeconds(1),
                Optional.of(DOWN.words()), Optional.of(start.plusSeconds(1)), Optional.empty()));
        assertThat(changes).containsExactly(State.OPEN, State.CLOSED);
    }

    @Test
    void afterARecoveryTheFirstWaitIsShortAgain() {
        fail(5);
        for (int i = 0; i < 6; i++) {
            pass(Duration.ofSeconds(30));
            fail(1);
        }
        pass(Duration.ofSeconds(30));
        try (Pass probe = pass()) {
            probe.answered();
        }

        fail(5);

        assertThat(circuit.enter("/v2/")).isEqualTo(new Held(DOWN, FIRST_WAIT));
    }

    @Test
    void aProbeThatIsGivenUpIsFollowedByAnother() {
        fail(5);
        pass(Duration.ofSeconds(1));
        pass().close();

        assertThat(circuit.enter("/v2/")).isEqualTo(new Held(DOWN, FIRST_WAIT));
        pass(FIRST_WAIT);
        assertThat(circuit.enter("/v2/")).isInstanceOf(Pass.class);
    }

    @Test
    void whatWasBegunBeforeAndFailsWhileAProbeIsOnItsWayChangesNothing() {
        Pass early = pass();
        fail(5);
        pass(Duration.ofSeconds(1));
        Pass probe = pass();

        early.failed(DOWN);
        early.close();

        assertThat(circuit.health().state()).isEqualTo(State.HALF_OPEN);
        probe.answered();
        assertThat(circuit.health().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void whatWasBegunBeforeAndIsAnsweredClosesIt() {
        Pass early = pass();
        fail(5);

        early.answered();

        assertThat(circuit.health().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void onlyWhatIsSaidFirstOfARequestCounts() {
        for (int i = 0; i < 10; i++) {
            Pass pass = pass();
            pass.answered();
            pass.failed(DOWN);
            pass.close();
        }

        assertThat(circuit.health().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void ofTwoHundredThatAskAtOnceOneIsTheProbe() throws InterruptedException {
        fail(5);
        pass(Duration.ofSeconds(1));
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger probes = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, 200).forEach(i -> threads.execute(() -> {
                awaitUninterruptibly(go);
                probes.addAndGet(circuit.enter("/v2/" + i) instanceof Pass ? 1 : 0);
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

    private Pass pass() {
        Admission admission = circuit.enter("/v2/");
        assertThat(admission).isInstanceOf(Pass.class);
        return (Pass) admission;
    }

    private void pass(Duration time) {
        clock.advance(time);
        scheduler.advance(time);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            try (Pass pass = pass()) {
                pass.failed(DOWN);
            }
        }
    }
}
