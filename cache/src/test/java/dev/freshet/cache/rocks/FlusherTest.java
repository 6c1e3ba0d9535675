package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whoever asks is covered by a flush that begins after it asked. */
class FlusherTest {

    private final Semaphore begun = new Semaphore(0);
    private final Semaphore mayEnd = new Semaphore(0);
    private final AtomicInteger failures = new AtomicInteger();
    private final CountDownLatch triedAgain = new CountDownLatch(1);
    private final Flusher flusher = new Flusher(this::flush, triedAgain::countDown);

    private void flush() throws StoreException {
        begun.release();
        mayEnd.acquireUninterruptibly();
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new StoreException("flush failed: the test said so");
        }
    }

    @AfterEach
    void endThread() {
        mayEnd.release(100);
        flusher.close();
        flusher.join();
    }

    @Test
    void aFlushEndsTheWait() throws Exception {
        mayEnd.release();

        flusher.flush(() -> "commit");

        assertThat(begun.availablePermits()).isEqualTo(1);
    }

    @Test
    void whoeverAsksDuringAFlushWaitsForTheNext() throws Exception {
        try (ExecutorService askers = Executors.newCachedThreadPool()) {
            Future<?> first = askers.submit(() -> ask());
            begun.acquire();
            Future<?> second = askers.submit(() -> ask());
            mayEnd.release();
            first.get();
            begun.acquire();
            assertThat(second.isDone()).isFalse();

            mayEnd.release();

            second.get();
        }
    }

    private boolean ask() throws StoreException {
        flusher.flush(() -> "commit");
        return true;
    }

    @Test
    void aFailureReachesWhoeverAskedAndTheNextFlushHeals() throws Exception {
        failures.set(1);
        mayEnd.release(2);

        assertThatThrownBy(this::ask).isInstanceOf(StoreException.class)
                .hasMessage("commit failed: flush failed: the test said so");

        assertThat(ask()).isTrue();
    }

    @Test
    void aFlushThatTakesLongIsAskedForAgain() throws Exception {
        try (ExecutorService askers = Executors.newCachedThreadPool()) {
            Future<?> asking = askers.submit(() -> ask());

            triedAgain.await();

            mayEnd.release();
            asking.get();
        }
    }

    @Test
    void afterCloseNobodyWaits() {
        flusher.close();

        assertThatThrownBy(this::ask).isInstanceOf(StoreException.class)
                .hasMessage("commit failed: the store is closed");
    }
}
