package dev.freshet.cache.rocks.db;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A gate to native code: after it is shut, no call gets in, as a call on a closed handle would end the process. Passing
 * costs one atomic addition each way and never blocks, little beside the microseconds of any call it guards.
 */
final class Gate {

    /** Added to the number of calls inside when the gate is shut, which makes it negative. */
    private static final long SHUT = Long.MIN_VALUE;

    private final AtomicLong inside = new AtomicLong();
    private final CountDownLatch empty = new CountDownLatch(1);

    /** Goes in; false when the gate is shut. A caller that got in must {@link #leave()}. */
    boolean enter() {
        if (inside.getAndIncrement() >= 0) {
            return true;
        }
        leave();
        return false;
    }

    boolean isShut() {
        return inside.get() < 0;
    }

    void leave() {
        if (inside.decrementAndGet() == SHUT) {
            empty.countDown();
        }
    }

    /**
     * Shuts the gate for good and waits until every call inside has left, also when the thread is interrupted.
     *
     * @param hurry ends calls that are still inside after five seconds; runs once
     */
    void shut(Runnable hurry) {
        if (inside.getAndUpdate(calls -> calls | SHUT) == 0) {
            empty.countDown();
        }
        boolean interrupted = false;
        for (long patience = 5; patience > 0;) {
            try {
                if (empty.await(patience, TimeUnit.SECONDS)) {
                    break;
                }
                hurry.run();
                patience = Long.MAX_VALUE;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
