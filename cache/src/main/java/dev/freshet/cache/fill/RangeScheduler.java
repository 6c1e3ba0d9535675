package dev.freshet.cache.fill;

import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a fill is to fetch next. Parts that readers wait for come first, in the order in which the readers came, then,
 * when somebody wants the whole, what follows the bytes that are there from the first on. May be used by all of a fill's
 * threads.
 */
final class RangeScheduler {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final ReentrantLock lock;
    private final Condition changed;
    private final Readers readers;
    private final Demand demand;
    private final Plan plan;
    private final Fetching fetching;
    private final SlowConnectionDetector slow = new SlowConnectionDetector();

    private volatile Runnable onMore = () -> {};
    private boolean parallel;
    private volatile boolean single;
    private long front;
    private int waiting;

    /** What the fill's own thread does next, while nobody wants the whole. */
    sealed interface Next {

        /** It brings this. */
        record Part(RangeTask stretch) implements Next {}

        /** It brings all. */
        record Whole() implements Next {}

        /** It ends, as nobody wants anything. */
        record Nothing() implements Next {}
    }

    /** @param lock guards the readers, the plan and the demand */
    RangeScheduler(ReentrantLock lock, Readers readers, Demand demand, Plan plan, Fetching fetching) {
        this.lock = lock;
        this.demand = demand;
        this.changed = lock.newCondition();
        this.readers = readers;
        this.plan = plan;
        this.fetching = fetching;
    }

    /** @param task to be run whenever there may be more to do; must be short, and may be run under the board's lock */
    void whenMore(Runnable task) {
        onMore = task;
    }

    /** Readers have come, gone, or wait for something else. Guarded. */
    void changed() {
        changed.signalAll();
        onMore.run();
    }

    /** Bytes have come. Guarded. */
    void arrived() {
        if (waiting > 0) {
            changed.signalAll();
        }
    }

    /** Waits for something to do until somebody wants the whole, or nobody has wanted anything for too long. */
    Next awaitPart(long length) throws InterruptedException {
        lock.lock();
        try {
            long left = fetching.linger().toNanos();
            while (true) {
                if (demand.isOfWhole() || plan.present().bytes() > length / 4 * 3) {
                    demand.becomeWhole();
                    return new Next.Whole();
                }
                RangeTask part = claimPart();
                if (part != null) {
                    return new Next.Part(part);
                }
                if (!readers.isEmpty() || !plan.claimed().isEmpty()) {
                    changed.await();
                    left = fetching.linger().toNanos();
                } else if (left > 0) {
                    left = changed.awaitNanos(left);
                } else {
                    demand.close();
                    return new Next.Nothing();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Claims the first bytes that are missing, few of them. */
    @Nullable
    RangeTask claimFirst() {
        long first = endOfRun(0);
        return claim(first, first + 1);
    }

    /** Claims bytes whatever others do with the rest; null when somebody brings them. */
    @Nullable
    RangeTask claim(long from, long to) {
        lock.lock();
        try {
            RangeTask mine = plan.claim(from, to, to == ByteRange.END ? to : to - from, now());
            if (mine != null && mine.from() > from) {
                plan.giveBack(mine);
                return null;
            }
            return mine;
        } finally {
            lock.unlock();
        }
    }

    /** Several connections may bring what follows the front from now on. */
    void allowParallel() {
        lock.lock();
        try {
            parallel = !single;
            onMore.run();
        } finally {
            lock.unlock();
        }
    }

    /** One connection is to bring the whole, as several do not scheduler. */
    void forbidParallel() {
        lock.lock();
        try {
            single = true;
            parallel = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #forbidParallel} was called. */
    boolean isSingle() {
        return single;
    }

    /** A connection brings everything that follows, whatever was asked for. */
    void extend(RangeTask mine) {
        lock.lock();
        try {
            plan.extend(mine);
        } finally {
            lock.unlock();
        }
    }

    /** The position behind the last byte that is there without a gap from this one on. */
    long endOfRun(long position) {
        lock.lock();
        try {
            return plan.present().endOfRun(position);
        } finally {
            lock.unlock();
        }
    }

    /** Everything before this position is hashed. Guarded. */
    void frontIs(long position) {
        boolean more = parallel && position / fetching.stretch() != front / fetching.stretch();
        front = position;
        if (more) {
            onMore.run();
        }
    }

    /** What one more connection may bring now; null when there is nothing. */
    @Nullable
    RangeTask claimMore() {
        lock.lock();
        try {
            RangeTask part = claimPart();
            if (part != null || !parallel || !demand.isOfWhole()) {
                return part;
            }
            long end = front / fetching.stretch() * fetching.stretch() + fetching.ahead();
            return plan.claim(front, end, fetching.stretch(), now());
        } finally {
            lock.unlock();
        }
    }

    private @Nullable RangeTask claimPart() {
        for (FillReader reader : readers.present()) {
            for (ByteRange wanted : reader.ahead(fetching.stretch())) {
                RangeTask part = plan.claim(wanted.from(), wanted.to(), fetching.stretch(), now());
                if (part != null) {
                    return part;
                }
            }
        }
        return null;
    }

    /** Waits a moment for bytes at a position, which somebody else brings, and replaces a connection that is too slow. */
    void awaitArrival(long position) throws InterruptedException {
        lock.lock();
        try {
            waiting++;
            if (!plan.present().contains(position)) {
                look();
            }
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    /** Waits a moment for more to do, and replaces a connection that is too slow; false when there will be nothing. */
    boolean watch() throws InterruptedException {
        lock.lock();
        try {
            boolean mayBeMore = parallel && !plan.claimed().isEmpty();
            if (mayBeMore) {
                look();
            }
            return mayBeMore;
        } finally {
            lock.unlock();
        }
    }

    /** Whoever calls it looks again at what it waits for, so it does no harm that it may end early. */
    @SuppressWarnings("WaitNotInLoop")
    private void look() throws InterruptedException {
        changed.awaitNanos(LOOK_NANOS);
        dropStragglers();
    }

    /** Whether something is being brought, and the origin has sent nothing of it for {@link Fetching#STANDSTILL}. Guarded. */
    boolean isStandingStill() {
        long now = now();
        return !plan.claimed().isEmpty()
                && plan.claimed().stream().allMatch(each -> each.silence(now) >= Fetching.STANDSTILL.toNanos());
    }

    /** It is complete, or not brought any further. */
    void giveBack(RangeTask mine) {
        lock.lock();
        try {
            plan.giveBack(mine);
            if (mine.isComplete()) {
                slow.remember(mine.rate(now()));
            }
            dropStragglers();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void dropStragglers() {
        if (parallel) {
            slow.drop(plan.claimed(), now());
        }
    }

    /** Only what is there before a position counts, as the rest passes by. */
    void forgetFrom(long position) {
        lock.lock();
        try {
            single = true;
            parallel = false;
            plan.forgetFrom(position);
        } finally {
            lock.unlock();
        }
    }

    /** Ends all connections. */
    void dropAll() {
        lock.lock();
        try {
            plan.claimed().forEach(RangeTask::drop);
            parallel = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What is there. */
    ByteRanges present() {
        lock.lock();
        try {
            return plan.present().copy();
        } finally {
            lock.unlock();
        }
    }

    /** Now, in nanoseconds. */
    long now() {
        return fetching.nanoTime().getAsLong();
    }
}
