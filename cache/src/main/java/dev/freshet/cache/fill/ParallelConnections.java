package dev.freshet.cache.fill;

import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fill's further connections, each on a thread of its own, as many as allowed and as long as there is something for
 * them to bring. None of them decides anything: what one could not bring is left to the fill's own thread, which meets the
 * same trouble there, or does not.
 */
final class ParallelConnections {

    private static final int MOST_FAILURES = 3;

    private final RangeScheduler scheduler;
    private final Receiver receiver;
    private final Executor threads;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicInteger failures = new AtomicInteger();
    private final Set<RangeTask> brought = new HashSet<>();
    private final Set<Thread> busy = new HashSet<>();
    private int running;
    private boolean ownIsBringing;
    private boolean stopped;

    /** @param most how many at once, with the fill's own thread when that brings something itself */
    ParallelConnections(RangeScheduler scheduler, Receiver receiver, Executor threads, int most) {
        this.scheduler = scheduler;
        this.receiver = receiver;
        this.threads = threads;
        this.most = most;
    }

    /** Begins with one more, if there is something to bring for it; must be short, as readers call it. */
    void begin() {
        if (!enter()) {
            return;
        }
        RangeTask first = scheduler.claimMore();
        boolean begun = false;
        try {
            if (first != null) {
                threads.execute(() -> run(first));
                begun = true;
            }
        } catch (RejectedExecutionException e) {
            scheduler.giveBack(first);
        } finally {
            if (!begun) {
                leave();
            }
        }
    }

    /** Whether the fill's own thread may bring something; if so, it counts until {@link #ownHasBrought}. */
    boolean ownMayBring() {
        lock.lock();
        try {
            ownIsBringing = stopped || running < most;
            return ownIsBringing;
        } finally {
            lock.unlock();
        }
    }

    /** The fill's own thread brings nothing now. */
    void ownHasBrought() {
        lock.lock();
        try {
            ownIsBringing = false;
        } finally {
            lock.unlock();
        }
    }

    private boolean enter() {
        lock.lock();
        try {
            boolean may = !stopped && running + (ownIsBringing ? 1 : 0) < most;
            running += may ? 1 : 0;
            return may;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            running--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run(RangeTask first) {
        enterThread();
        try {
            ByteBuffer buffer = ByteBuffer.allocate(Hashing.BUFFER_BYTES);
            for (RangeTask next = first; next != null; next = next()) {
                begin();
                if (!bring(next, buffer)) {
                    return;
                }
            }
        } finally {
            leaveThread();
            leave();
        }
    }

    private void enterThread() {
        lock.lock();
        try {
            busy.add(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    /** From now on it is not interrupted, and it takes no interrupt to its next task. */
    private void leaveThread() {
        lock.lock();
        try {
            busy.remove(Thread.currentThread());
        } finally {
            lock.unlock();
        }
        Thread.interrupted();
    }

    private @Nullable RangeTask next() {
        try {
            RangeTask next = isStopped() ? null : scheduler.claimMore();
            while (next == null && isLast() && scheduler.watch()) {
                next = isStopped() ? null : scheduler.claimMore();
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private boolean bring(RangeTask mine, ByteBuffer buffer) {
        if (!track(mine)) {
            scheduler.giveBack(mine);
            return false;
        }
        try {
            Transfer source = receiver.open(mine);
            if (source.isWhole()) {
                scheduler.forbidParallel();
                return false;
            }
            receiver.store(mine, source, buffer);
            return true;
        } catch (OriginException e) {
            if (!mine.isDropped() && failures.incrementAndGet() >= MOST_FAILURES) {
                scheduler.forbidParallel();
            }
            return mine.isDropped();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (StoreException | Receiver.EndedException e) {
            scheduler.forbidParallel();
            return false;
        } finally {
            mine.end();
            scheduler.giveBack(mine);
            untrack(mine);
        }
    }

    private boolean track(RangeTask mine) {
        lock.lock();
        try {
            return !stopped && brought.add(mine);
        } finally {
            lock.unlock();
        }
    }

    private void untrack(RangeTask mine) {
        lock.lock();
        try {
            brought.remove(mine);
        } finally {
            lock.unlock();
        }
    }

    private boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    private boolean isLast() {
        lock.lock();
        try {
            return running == 1 && !stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all of them, and waits until they have ended. */
    void stop() {
        scheduler.forbidParallel();
        lock.lock();
        try {
            stopped = true;
            brought.forEach(RangeTask::drop);
            busy.forEach(Thread::interrupt);
            while (running > 0) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
