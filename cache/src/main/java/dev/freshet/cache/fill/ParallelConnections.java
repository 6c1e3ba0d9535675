package dev.freshet.cache.fill;

import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The further connections of a fill, each on a thread of its own, as many as allowed and as long as there is something for
 * them to bring. None of them decides anything: what one could not bring is left to the fill's own thread, which meets the same
 * failure there, or does not. How many run, and which, is guarded by the {@link FillMonitor}.
 */
final class ParallelConnections {

    private static final int MOST_FAILURES = 3;

    private final FillMonitor monitor;
    private final Receiver receiver;
    private final Executor threads;
    private final int most;
    private final AtomicInteger failures = new AtomicInteger();
    private final Set<RangeTask> brought = new HashSet<>();
    private final Set<Thread> busy = new HashSet<>();
    private int running;
    private boolean ownIsBringing;
    private boolean stopped;

    /** @param most how many at once, with the fill's own thread when that brings something itself */
    ParallelConnections(FillMonitor monitor, Receiver receiver, Executor threads, int most) {
        this.monitor = monitor;
        this.receiver = receiver;
        this.threads = threads;
        this.most = most;
    }

    /** Begins with one more, if there is something to bring for it; must be short, as readers call it. */
    void begin() {
        RangeTask first = monitor.locked(this::claimFirst);
        if (first == null) {
            return;
        }
        boolean begun = false;
        try {
            threads.execute(() -> run(first));
            begun = true;
        } catch (RejectedExecutionException e) {
            // there are as many as there may be: the fill's own thread brings it
        } finally {
            if (!begun) {
                monitor.giveBack(first);
                monitor.change(state -> running--);
            }
        }
    }

    private @Nullable RangeTask claimFirst(FillState state) {
        boolean may = !stopped && running + (ownIsBringing ? 1 : 0) < most;
        RangeTask first = may ? state.claimMore() : null;
        running += first == null ? 0 : 1;
        return first;
    }

    /** Whether the fill's own thread may bring something; if so, it counts until {@link #ownHasBrought}. */
    boolean ownMayBring() {
        return monitor.locked(state -> {
            ownIsBringing = stopped || running < most;
            return ownIsBringing;
        });
    }

    /** The fill's own thread brings nothing now. */
    void ownHasBrought() {
        monitor.change(state -> ownIsBringing = false);
    }

    private void run(RangeTask first) {
        monitor.change(state -> busy.add(Thread.currentThread()));
        try {
            ByteBuffer buffer = ByteBuffer.allocate(Hashing.BUFFER_BYTES);
            for (RangeTask next = first; next != null; next = next()) {
                begin();
                if (!bring(next, buffer)) {
                    return;
                }
            }
        } finally {
            leave();
        }
    }

    /** From now on its thread is not interrupted, and it takes no interrupt to its next task. */
    private void leave() {
        monitor.change(state -> {
            busy.remove(Thread.currentThread());
            running--;
        });
        Thread.interrupted();
    }

    /** The last one waits for more to do, as it replaces a connection that is too slow. */
    private @Nullable RangeTask next() {
        try {
            return monitor.awaitMore(() -> running == 1 && !stopped);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private boolean bring(RangeTask mine, ByteBuffer buffer) {
        if (!monitor.locked(state -> !stopped && brought.add(mine))) {
            monitor.giveBack(mine);
            return false;
        }
        try {
            Transfer source = receiver.open(mine);
            if (source.isWhole()) {
                monitor.forbidParallel();
                return false;
            }
            receiver.store(mine, source, buffer);
            return true;
        } catch (OriginException e) {
            if (!mine.isDropped() && failures.incrementAndGet() >= MOST_FAILURES) {
                monitor.forbidParallel();
            }
            return mine.isDropped();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (StoreException | Receiver.EndedException e) {
            monitor.forbidParallel();
            return false;
        } finally {
            monitor.change(state -> brought.remove(mine));
            monitor.giveBack(mine);
        }
    }

    /** Ends all of them, and waits until they have ended. */
    void stop() {
        monitor.change(state -> {
            state.ranges().forbidParallel();
            stopped = true;
            brought.forEach(RangeTask::drop);
            busy.forEach(Thread::interrupt);
        });
        monitor.awaitUninterruptibly(() -> running == 0);
    }
}
