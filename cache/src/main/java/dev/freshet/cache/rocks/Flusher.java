package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Flushes on a thread of its own, once for all who ask meanwhile. RocksDB ends no flush while the disk is full, and tries
 * none again that failed; so whoever waits asks it to, twice a second, and gives up after half a minute, or at once when
 * the one before gave up. The thread goes on when there is space again.
 */
final class Flusher {

    private static final int STEPS = 60;
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Flush flush;
    private final Flush again;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long asked;
    private long started;
    private long finished;
    private long succeeded;
    private boolean closed;
    private boolean spent;
    private @Nullable StoreException failure;

    /** What is done for all who asked. */
    interface Flush {

        void run() throws StoreException;
    }

    /**
     * Makes a flusher, with a thread.
     *
     * @param flush what is done for all who ask
     * @param again what makes it go on after a failure, without waiting
     */
    Flusher(Flush flush, Flush again) {
        this.flush = flush;
        this.again = again;
        this.thread = Thread.ofPlatform().daemon().name("store-flush").start(this::flushWhenAsked);
    }

    /** Waits for a flush that begins from now on, and so covers everything put before. */
    void flush(Supplier<String> attempt) throws StoreException {
        lock.lock();
        try {
            long awaited = started + 1;
            asked = awaited;
            changed.signalAll();
            for (int steps = spent ? 1 : STEPS; steps > 0 && waits(awaited); steps--) {
                again.run();
            }
            spent = finished < awaited;
            if (succeeded < awaited) {
                throw failed(attempt, awaited);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(attempt.get() + " failed: it was interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    /** Waits a while, and says whether there is more to wait for. */
    private boolean waits(long awaited) throws InterruptedException {
        long left = STEP_NANOS;
        while (finished < awaited && !closed && left > 0) {
            left = changed.awaitNanos(left);
        }
        return finished < awaited && !closed;
    }

    private StoreException failed(Supplier<String> attempt, long awaited) {
        StoreException cause = failure;
        if (finished >= awaited && cause != null) {
            return new StoreException(attempt.get() + " failed: " + cause.getMessage(), cause);
        }
        return new StoreException(attempt.get() + " failed: " + (closed ? "the store is closed" : Patience.TOO_SLOW));
    }

    private void flushWhenAsked() {
        while (nextIsAsked()) {
            StoreException thrown = null;
            try {
                flush.run();
            } catch (StoreException e) {
                thrown = e;
            }
            finish(thrown);
        }
    }

    private boolean nextIsAsked() {
        lock.lock();
        try {
            while (asked == started && !closed) {
                changed.awaitUninterruptibly();
            }
            started++;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void finish(@Nullable StoreException thrown) {
        lock.lock();
        try {
            finished = started;
            failure = thrown;
            if (thrown == null) {
                succeeded = finished;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread after the flush under way, without waiting for it. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end of the thread, after {@link #close()}. */
    void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
