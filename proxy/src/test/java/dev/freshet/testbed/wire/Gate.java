package dev.freshet.testbed.wire;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A place where transfers wait until a test opens it; the test in turn can wait until transfers have arrived. Safe for
 * use by several threads. One that is never opened makes a stall that only the end of the connection ends.
 */
public final class Gate {

    private static final Duration GENEROUS = Duration.ofSeconds(60);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int arrivals;
    private boolean open;

    /** Lets everything through from now on. */
    public void open() {
        lock.lock();
        try {
            open = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so many transfers have arrived in all, and fails after a minute. */
    public void awaitArrivals(int count) {
        long left = GENEROUS.toNanos();
        lock.lock();
        try {
            while (arrivals < count) {
                if (left <= 0) {
                    throw new AssertionError(
                            arrivals + " of " + count + " transfers arrived at the gate in " + GENEROUS);
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for transfers at the gate", e);
        } finally {
            lock.unlock();
        }
    }

    /** Notes that one more transfer is here. */
    void arrive() {
        lock.lock();
        try {
            arrivals++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for at most so long; true once the gate is open. */
    boolean awaitOpen(Duration slice) throws InterruptedException {
        long left = slice.toNanos();
        lock.lock();
        try {
            while (!open && left > 0) {
                left = changed.awaitNanos(left);
            }
            return open;
        } finally {
            lock.unlock();
        }
    }
}
