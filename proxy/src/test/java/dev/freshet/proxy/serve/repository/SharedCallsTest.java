package dev.freshet.proxy.serve.repository;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.serve.repository.SharedCalls.Outcome;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** One call of many equal ones. */
class SharedCallsTest {

    private final SharedCalls<String, Integer> calls = new SharedCalls<>();
    private final AtomicInteger made = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @Test
    void whoComesWhileItRunsGetsItsOutcome() throws Exception {
        Future<Outcome<Integer>> first = threads.submit(() -> calls.get("a", this::held));
        begun.await();
        Future<Outcome<Integer>> second = threads.submit(() -> calls.get("a", this::held));
        Outcome<Integer> other = calls.get("b", made::incrementAndGet);
        open.countDown();

        assertThat(other.shared()).isFalse();
        assertThat(first.get()).isEqualTo(new Outcome<>(1, false));
        assertThat(second.get().value()).isIn(1, 3);
        assertThat(calls.get("a", () -> 9).value()).isEqualTo(9);
    }

    @Test
    void aFailureIsSharedAndNotKept() throws Exception {
        assertThatThrownBy(() -> calls.get("a", () -> {
            throw new OriginException(FailureReason.UNREACHABLE, "gone", null);
        })).isInstanceOf(OriginException.class).hasMessage("gone");
        assertThatThrownBy(() -> calls.get("a", () -> {
            throw new IllegalStateException("broken");
        })).isInstanceOf(IllegalStateException.class);

        assertThat(calls.get("a", () -> 7)).isEqualTo(new Outcome<>(7, false));
    }

    @Test
    void everyCacheStatusHasAHeaderAndALabel() {
        assertThat(CacheStatus.values()).allSatisfy(status -> {
            assertThat(status.header()).startsWith("freshet; ");
            assertThat(status.label()).matches("[a-z]+");
        });
    }

    private int held() throws InterruptedException {
        int n = made.incrementAndGet();
        begun.countDown();
        open.await();
        return n;
    }
}
