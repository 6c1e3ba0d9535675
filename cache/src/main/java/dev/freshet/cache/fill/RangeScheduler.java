package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The byte ranges of a fill: which are present, which are under way, and which are to be asked for next. Ranges that readers
 * wait for come first, in the order in which the readers came, then what follows the front, behind which everything is hashed,
 * when everything is wanted. Who claims a task brings it, or as much of it as it can, and gives it back. Not thread-safe:
 * {@link FillMonitor} has the lock.
 */
final class RangeScheduler {

    private final Fetching fetching;
    private final SlowConnectionDetector detector = new SlowConnectionDetector();
    private final List<RangeTask> tasks = new ArrayList<>();
    private ByteRanges present = new ByteRanges();
    private int alignment = 1;
    private long length = ByteRange.END;
    private long front;
    private boolean parallel;
    private boolean single;

    RangeScheduler(Fetching fetching) {
        this.fetching = fetching;
    }

    /**
     * Begins with what is present.
     *
     * @param unit tasks begin at multiples of so many bytes, or where bytes that are present end
     */
    void begin(ByteRanges found, int unit) {
        present = found;
        alignment = unit;
    }

    void lengthIs(long bytes) {
        length = bytes;
    }

    ByteRanges present() {
        return present;
    }

    /** Whether a task is under way. */
    boolean isBusy() {
        return !tasks.isEmpty();
    }

    /** Claims bytes from a position on; null when another connection brings the first of them. */
    @Nullable
    RangeTask claim(long from, long to) {
        RangeTask mine = claim(from, to, to == ByteRange.END ? to : to - from);
        if (mine != null && mine.from() > from) {
            tasks.remove(mine);
            return null;
        }
        return mine;
    }

    /** Claims the first bytes that a reader wants and that are neither present nor under way. */
    @Nullable
    RangeTask claimWanted(Collection<FillReader> readers) {
        for (FillReader reader : readers) {
            for (ByteRange wanted : reader.ahead(fetching.taskBytes())) {
                RangeTask task = claim(wanted.from(), wanted.to(), fetching.taskBytes());
                if (task != null) {
                    return task;
                }
            }
        }
        return null;
    }

    /** Claims what one more connection may bring now; null when there is nothing. */
    @Nullable
    RangeTask claimMore(Collection<FillReader> readers, boolean isWholeWanted) {
        RangeTask wanted = claimWanted(readers);
        if (wanted != null || !parallel || !isWholeWanted) {
            return wanted;
        }
        long end = front / fetching.taskBytes() * fetching.taskBytes() + fetching.ahead();
        return claim(front, end, fetching.taskBytes());
    }

    /**
     * Claims the first bytes that are neither present nor under way.
     *
     * @param most bytes in the task, about
     */
    private @Nullable RangeTask claim(long from, long to, long most) {
        long end = Math.min(to, length);
        long at = present.endOfRun(from);
        while (at < end) {
            RangeTask busy = taskAt(at);
            if (busy == null) {
                long first = present.endOfRun(at / alignment * alignment);
                long last = Math.min(roundedUp(end),
                        roundedUp(most > ByteRange.END - first ? ByteRange.END : first + most));
                RangeTask mine = new RangeTask(first, Math.min(Math.min(last, length), nextTaken(first)), now());
                tasks.add(mine);
                return mine;
            }
            at = present.endOfRun(busy.to());
        }
        return null;
    }

    private @Nullable RangeTask taskAt(long position) {
        for (RangeTask each : tasks) {
            if (each.from() <= position && position < each.to()) {
                return each;
            }
        }
        return null;
    }

    private long roundedUp(long position) {
        return position > ByteRange.END - alignment
                ? ByteRange.END
                : (position + alignment - 1) / alignment * alignment;
    }

    /** The next byte that is present or under way. */
    private long nextTaken(long from) {
        long next = present.nextPresent(from);
        for (RangeTask each : tasks) {
            next = each.from() >= from ? Math.min(next, each.from()) : next;
        }
        return next;
    }

    /** A connection goes on to the end, so others need not ask for what follows its task. */
    void extend(RangeTask mine) {
        tasks.remove(mine);
        mine.extendTo(Math.min(length, nextTaken(mine.from() + 1)));
        tasks.add(mine);
    }

    /** A task is complete, or brought no further; what is missing of it may be claimed anew. */
    void giveBack(RangeTask mine) {
        tasks.remove(mine);
        if (mine.isComplete()) {
            detector.remember(mine.rate(now()));
        }
        dropSlow();
    }

    /** Several connections may bring what follows the front from now on, unless they do not work. */
    void allowParallel() {
        parallel = !single;
    }

    /** One connection is to bring the whole, as several do not work. */
    void forbidParallel() {
        single = true;
        parallel = false;
    }

    /** Whether {@link #forbidParallel} was called. */
    boolean isSingle() {
        return single;
    }

    /** Whether there may be more to claim when a task is given back. */
    boolean mayBeMore() {
        return parallel && isBusy();
    }

    /** Everything before this position is hashed; says whether further connections may claim more by that. */
    boolean frontIs(long position) {
        boolean more = parallel && position / fetching.taskBytes() != front / fetching.taskBytes();
        front = position;
        return more;
    }

    /** Forgets what is present behind a position, as the rest passes through memory; tasks may begin anywhere from now on. */
    void forgetFrom(long position) {
        forbidParallel();
        ByteRanges before = new ByteRanges();
        for (ByteRange run : present.list()) {
            if (run.from() < position) {
                before.add(run.from(), Math.min(run.to(), position));
            }
        }
        begin(before, 1);
    }

    /** Whether tasks are under way, and the origin has sent nothing of them for {@link Fetching#STANDSTILL}. */
    boolean isStandingStill() {
        long now = now();
        return isBusy() && tasks.stream().allMatch(each -> each.silence(now) >= Fetching.STANDSTILL.toNanos());
    }

    /** Ends connections that are far slower than the others. */
    void dropSlow() {
        if (parallel) {
            detector.drop(tasks, now());
        }
    }

    /** Where bytes come from that are wanted now. */
    Source sourceOf(List<ByteRange> wanted) {
        if (wanted.stream().allMatch(range -> present.containsAll(range.from(), range.to()))) {
            return Source.STORE;
        }
        return wanted.stream().anyMatch(range -> present.nextPresent(range.from()) < range.to())
                ? Source.STORE_AND_ORIGIN
                : Source.ORIGIN;
    }

    /** Ends all connections. */
    void dropAll() {
        tasks.forEach(RangeTask::drop);
        parallel = false;
    }

    /** The time in nanoseconds. */
    long now() {
        return fetching.nanoTime().getAsLong();
    }
}
