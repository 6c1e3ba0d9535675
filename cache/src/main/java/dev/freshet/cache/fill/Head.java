package dev.freshet.cache.fill;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is known of a blob before its bytes are: whether the fill knows what it begins with, whether the origin has
 * answered, and the length.
 */
final class Head {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ReentrantLock lock;
    private final Condition changed;
    private final Plan plan;
    private final Fetching fetching;
    private volatile OptionalLong length = OptionalLong.empty();
    private boolean begun;
    private boolean known;

    /** @param lock guards the plan, and all that changes here */
    Head(ReentrantLock lock, Plan plan, Fetching fetching) {
        this.lock = lock;
        this.fetching = fetching;
        this.changed = lock.newCondition();
        this.plan = plan;
    }

    /** How long readers wait for an answer when they know the length. */
    Duration patience() {
        return fetching.headPatience();
    }

    /** The length in bytes, as far as it is known. */
    OptionalLong length() {
        return length;
    }

    /** The fill knows what it begins with. Guarded. */
    void begin(OptionalLong stated) {
        begun = true;
        lengthIs(stated);
        changed.signalAll();
    }

    /** An answer's head is there. A length of zero is told only with the end, as there is no byte to withhold. Guarded. */
    void open(OptionalLong stated) {
        lengthIs(stated);
        known = known || stated.isEmpty() || stated.getAsLong() > 0;
        changed.signalAll();
    }

    private void lengthIs(OptionalLong stated) {
        if (stated.isPresent()) {
            length = stated;
            plan.lengthIs(stated.getAsLong());
        }
    }

    /** All is known that ever will be. Guarded. */
    void end() {
        known = true;
        changed.signalAll();
    }

    /**
     * Waits until the length is known, or known to be unknown, or the end is there; says whether that is so in time.
     *
     * @param needsAnswer whether the length is not enough, as the origin may refuse
     */
    boolean await(boolean needsAnswer, Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long deadline = now() + timeout.toNanos();
            while (!known && (needsAnswer || !begun || length.isEmpty())) {
                if (!awaitChange(deadline)) {
                    return false;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a byte is there, or the origin has answered, or the end is there; not longer than {@link #patience}. */
    void awaitAnswer(long position) throws InterruptedException {
        lock.lock();
        try {
            long deadline = now() + patience().toNanos();
            boolean isTime = true;
            while (isTime && !known && !plan.present().contains(position)) {
                isTime = awaitChange(deadline);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits a moment, as the clock may be another than the one that waits are timed by; false when the time is up. */
    @SuppressWarnings("WaitNotInLoop")
    private boolean awaitChange(long deadline) throws InterruptedException {
        long left = deadline - now();
        if (left > 0) {
            changed.awaitNanos(Math.min(left, LOOK_NANOS));
        }
        return left > 0;
    }

    private long now() {
        return fetching.nanoTime().getAsLong();
    }
}
