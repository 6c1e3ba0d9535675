package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.guard.RetryBudget;
import dev.freshet.proxy.upstream.guard.RetryShare;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The waits for one upstream, each of them bounded, and hedged: beside a call that is silent for long the same is asked once
 * more, the first that succeeds counts, and the other is ended. The first call is never given up for the second, as an upstream
 * that needs its time needs it again. Each wait has at most one further call at a time, which a later one replaces; all together
 * are bounded by the upstream's share of repetitions.
 *
 * <p>Nothing happens by itself: {@link #look} is to be called several times a second. It also ends the call of a thread that is
 * interrupted, as a read from a socket does not notice that. Safe for use by several threads.
 */
public final class Hedges {

    /** No call is silent for longer than this before another is made beside it. */
    static final Duration LONGEST_SILENCE = Duration.ofSeconds(7);

    /** Each further call of a wait comes after so many times the silence before the one before it. */
    private static final int SPACING = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Hedges.class);

    private final Scheduler scheduler;
    private final RetryShare share;
    private final Executor executor;
    private final Set<Hedge<?>> waiting = ConcurrentHashMap.newKeySet();

    /** @param executor runs the calls beside, unbounded */
    public Hedges(Scheduler scheduler, Executor executor) {
        this.scheduler = scheduler;
        this.share = new RetryShare(scheduler::nanoTime);
        this.executor = executor;
    }

    /** The tries of a request that is no repetition, out of the share that bounds the calls beside, too. */
    public RetryBudget budget(Duration stallTimeout) {
        return RetryBudget.forFirst(scheduler::nanoTime, scheduler::random, stallTimeout, share);
    }

    /** The tries of a request for more of a blob of which some was sent before. */
    public RetryBudget budgetForMore(Duration stallTimeout) {
        return RetryBudget.forMore(scheduler::nanoTime, scheduler::random, stallTimeout, share);
    }

    /** Something to wait for. */
    public interface Wait<T> {

        /** What the first call is made on; closed when another call was first, or the time is over. */
        CancellableCall call();

        /** Makes the first call, on the thread that waits. */
        T first() throws OriginException, InterruptedException;

        /** A call for a further call; it is closed when that is not wanted any more. */
        default CancellableCall another() {
            return new CancellableCall();
        }

        /**
         * Makes a further call, on another thread; returns when there is something of use.
         *
         * @param nth 1 for the first one beside
         */
        T beside(CancellableCall call, int nth) throws OriginException, InterruptedException;

        /** Lets go of what has come too late, where it holds something open. */
        default void drop(T late) {}

        /** Whether a refusal of a further call is an answer to the first one, too. */
        boolean mayBeRefused();

        /** Whether nothing is waited for any longer. Asked by any thread. */
        boolean isOver();

        /** The failure when that is so. */
        UpstreamException over();
    }

    /** After how long a silence something is asked once more that is waited for for so long at most. */
    public static Duration silence(Duration patience) {
        Duration third = patience.dividedBy(3);
        return third.compareTo(LONGEST_SILENCE) < 0 ? third : LONGEST_SILENCE;
    }

    /**
     * Waits for the first success of one call and of those beside it.
     *
     * @param silence after which another call is made
     * @throws OriginException the first call's failure, or that the time is over
     */
    public <T> T first(Duration silence, Wait<T> wait) throws OriginException, InterruptedException {
        Hedge<T> hedge = new Hedge<>(wait, silence.toNanos(), scheduler.nanoTime());
        waiting.add(hedge);
        try {
            return hedge.await();
        } finally {
            waiting.remove(hedge);
            hedge.end();
        }
    }

    /** How many waits there are now. */
    public int count() {
        return waiting.size();
    }

    /** Ends what is over, and makes calls beside those that have been silent; short. */
    public void look() {
        for (Hedge<?> hedge : waiting) {
            try {
                hedge.look();
            } catch (RuntimeException e) {
                LOG.error("a look at a call that is waited for failed by a defect in Freshet", e);
            }
        }
    }

    /** One wait. */
    private final class Hedge<T> {

        private final Wait<T> wait;
        private final Thread waiter = Thread.currentThread();
        private final long beganNanos;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();

        private long nextNanos;
        private int calls;
        private boolean settled;
        private boolean firstHasFailed;
        private @Nullable CancellableCall other;
        private @Nullable T won;
        private @Nullable UpstreamException refusal;

        Hedge(Wait<T> wait, long silenceNanos, long nowNanos) {
            this.wait = wait;
            this.beganNanos = nowNanos;
            this.nextNanos = silenceNanos;
        }

        T await() throws OriginException, InterruptedException {
            T mine = null;
            OriginException failure = null;
            try {
                mine = wait.first();
            } catch (OriginException e) {
                failure = e;
            }
            boolean isMine = isSettledBy(failure);
            if (isMine && mine != null) {
                return mine;
            }
            if (mine != null) {
                wait.drop(mine);
            }
            if (isMine && failure != null) {
                throw failure;
            }
            return others();
        }

        /** Whether the first call's outcome counts; one that may be mended waits for what is beside it. */
        private boolean isSettledBy(@Nullable OriginException failure) throws InterruptedException {
            boolean mayBeMended = failure instanceof UpstreamException known && known.isRetryable();
            lock.lock();
            try {
                firstHasFailed = failure != null;
                while (mayBeMended && !settled && other != null) {
                    changed.await();
                }
                boolean isMine = !settled;
                settled = true;
                return isMine;
            } finally {
                lock.unlock();
            }
        }

        /** What has come of it without the first call. */
        private T others() throws OriginException {
            lock.lock();
            try {
                T result = won;
                if (result != null) {
                    return result;
                }
                throw refusal == null ? wait.over() : refusal;
            } finally {
                lock.unlock();
            }
        }

        /** Nothing is made beside any more. */
        void end() {
            CancellableCall open;
            lock.lock();
            try {
                settled = true;
                open = other;
                other = null;
            } finally {
                lock.unlock();
            }
            if (open != null) {
                open.close();
            }
        }

        void look() {
            CancellableCall before;
            CancellableCall next = null;
            int nth;
            lock.lock();
            try {
                if (settled) {
                    return;
                }
                before = other;
                if (waiter.isInterrupted()) {
                    other = null;
                } else if (wait.isOver()) {
                    settled = true;
                    other = null;
                    changed.signalAll();
                } else if (isDue() && share.take()) {
                    nextNanos *= SPACING;
                    calls++;
                    next = wait.another();
                    other = next;
                } else {
                    return;
                }
                nth = calls;
            } finally {
                lock.unlock();
            }
            if (before != null) {
                before.close();
            }
            if (next == null) {
                wait.call().close();
            } else {
                begin(next, nth);
            }
        }

        /** A wait that has no call under way waits for something of our own, which is no silence of the upstream. */
        private boolean isDue() {
            return !firstHasFailed && wait.call().isCalling() && scheduler.nanoTime() - beganNanos >= nextNanos;
        }

        private void begin(CancellableCall call, int nth) {
            try {
                executor.execute(() -> run(call, nth));
            } catch (RejectedExecutionException e) {
                failed(call, null);
            }
        }

        private void run(CancellableCall call, int nth) {
            try {
                succeeded(call, wait.beside(call, nth));
            } catch (UpstreamException e) {
                failed(call, e);
            } catch (OriginException e) {
                failed(call, null);
            } catch (InterruptedException e) {
                failed(call, null);
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("a call beside another one failed by a defect in Freshet", e);
                failed(call, null);
            }
        }

        private void succeeded(CancellableCall call, T result) {
            boolean isFirst;
            lock.lock();
            try {
                isFirst = !settled && call.equals(other);
                if (isFirst) {
                    settled = true;
                    won = result;
                    other = null;
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
            if (isFirst) {
                wait.call().close();
            } else {
                wait.drop(result);
            }
        }

        private void failed(CancellableCall call, @Nullable UpstreamException failure) {
            boolean isAnswer = failure != null && wait.mayBeRefused() && failure.reason().isDenial();
            boolean counts;
            lock.lock();
            try {
                counts = !settled && call.equals(other);
                if (counts) {
                    other = null;
                    settled = isAnswer;
                    refusal = isAnswer ? failure : null;
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
            call.close();
            if (counts && isAnswer) {
                wait.call().close();
            }
        }
    }
}
