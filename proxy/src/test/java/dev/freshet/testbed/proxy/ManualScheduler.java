package dev.freshet.testbed.proxy;

import dev.freshet.proxy.upstream.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Elapsed time that passes when a test says so, or by pauses, which are noted, return at once and count as waited. Chance
 * is always one half. Safe for use by several threads.
 */
public final class ManualScheduler implements Scheduler {

    private final AtomicLong nanos = new AtomicLong();
    private final Queue<Repeated> repeats = new ConcurrentLinkedQueue<>();
    private final Queue<Duration> pauses = new ConcurrentLinkedQueue<>();

    private record Repeated(long interval, Runnable task, AtomicLong due) {

        void runAt(long now) {
            long time = due.get();
            if (now >= time && due.compareAndSet(time, now + interval)) {
                task.run();
            }
        }
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before a pause of " + duration);
        }
        pauses.add(duration);
        advance(duration);
    }

    @Override
    public void pause(Duration duration, CompletableFuture<Void> end) throws InterruptedException {
        pause(duration);
    }

    @Override
    public double random() {
        return 0.5;
    }

    @Override
    public AutoCloseable every(Duration interval, Runnable task) {
        Repeated repeated = new Repeated(interval.toNanos(), task, new AtomicLong(nanoTime() + interval.toNanos()));
        repeats.add(repeated);
        return () -> repeats.remove(repeated);
    }

    /** Lets so much time pass, and then does once what is to be done every so often, if it is time. */
    public void advance(Duration duration) {
        long now = nanos.addAndGet(duration.toNanos());
        repeats.forEach(repeated -> repeated.runAt(now));
    }

    /** Every pause so far, in order. */
    public List<Duration> pauses() {
        return List.copyOf(pauses);
    }
}
