package dev.freshet.cache.rocks;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a store. They are platform threads, as they make native calls only. */
final class StorageThreads {

    private static final Logger LOG = LoggerFactory.getLogger(StorageThreads.class);
    private static final int SEALERS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);
    private static final long PERIOD_SECONDS = 1;

    private final ExecutorService sealers = Executors.newFixedThreadPool(SEALERS,
            Thread.ofPlatform().daemon().name("store-seal-", 0).factory());
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("store-janitor").factory());
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile @Nullable Thread started;

    /** Makes segments; rejects after {@link #stop()}. */
    Executor sealers() {
        return sealers;
    }

    /** Does one after the other what can wait; forgets it after {@link #stop()}, for the next open to see to. */
    Executor housekeeping() {
        return task -> {
            try {
                housekeeping.execute(() -> run(task));
            } catch (RejectedExecutionException e) {
                LOG.debug("the store is closed, and something is left to the next open");
            }
        };
    }

    /** Runs something once, on a thread of its own. */
    void start(Runnable task) {
        started = Thread.ofPlatform().daemon().name("store-inventory").start(task);
    }

    /** Runs something every second. */
    void repeat(Runnable task) {
        Future<?> running = housekeeping.scheduleWithFixedDelay(() -> run(task), PERIOD_SECONDS, PERIOD_SECONDS,
                TimeUnit.SECONDS);
        if (running.isDone()) {
            throw new IllegalStateException("the janitor has stopped before it began");
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("housekeeping failed by a defect in Freshet", e);
        }
    }

    /** Begins no more; false when it was called before. */
    boolean stop() {
        boolean first = stopped.compareAndSet(false, true);
        if (first) {
            sealers.shutdown();
            housekeeping.shutdownNow();
        }
        return first;
    }

    /** Waits until nothing runs any more; what still does is held up by nothing but calls that fail. */
    void awaitEnd() {
        boolean interrupted = false;
        for (boolean ended = false; !ended;) {
            try {
                Thread other = started;
                ended = sealers.awaitTermination(1, TimeUnit.SECONDS)
                        && housekeeping.awaitTermination(1, TimeUnit.SECONDS)
                        && (other == null || other.join(Duration.ofSeconds(1)));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
