package dev.freshet.proxy.upstream;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.LoggerFactory;

/** Elapsed time, waiting and chance, as parameters of all that retries or repeats. */
public interface Scheduler {

    /** The real ones. */
    Scheduler SYSTEM = new Scheduler() {

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        }

        @Override
        public void pause(Duration duration, CompletableFuture<Void> end) throws InterruptedException {
            try {
                end.get(duration.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException waited) {
                return;
            } catch (ExecutionException e) {
                throw new IllegalStateException("what ends a pause must not fail", e);
            }
        }

        @Override
        public double random() {
            return ThreadLocalRandom.current().nextDouble();
        }

        @Override
        public AutoCloseable every(Duration interval, Runnable task) {
            ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("timer").factory());
            ScheduledFuture<?> repeated = timer.scheduleWithFixedDelay(() -> run(task), interval.toNanos(),
                    interval.toNanos(), TimeUnit.NANOSECONDS);
            return () -> {
                repeated.cancel(false);
                timer.shutdown();
            };
        }

        // One failure does not end the repetitions, on which time limits hang.
        private static void run(Runnable task) {
            try {
                task.run();
            } catch (RuntimeException e) {
                LoggerFactory.getLogger(Scheduler.class).error("a repeated task failed by a defect in Freshet", e);
            }
        }
    };

    /** Nanoseconds since some fixed moment; only differences mean anything. */
    long nanoTime();

    /** Waits. */
    void pause(Duration duration) throws InterruptedException;

    /**
     * Waits, but not longer than until something has happened.
     *
     * @param end is completed when it has, and never fails
     */
    void pause(Duration duration, CompletableFuture<Void> end) throws InterruptedException;

    /** A number from 0 (inclusive) to 1 (exclusive). */
    double random();

    /** Runs a task, which is short and does not throw, again and again until the result is closed. */
    AutoCloseable every(Duration interval, Runnable task);
}
