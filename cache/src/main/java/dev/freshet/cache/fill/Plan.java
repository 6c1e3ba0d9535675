package dev.freshet.cache.fill;

import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of a blob are there, which are on their way, and which may be asked for. Whoever claims a stretch brings it,
 * or as much of it as it can, and gives it back. Guarded by its board's lock.
 */
final class Plan {

    private final List<RangeTask> claimed = new ArrayList<>();
    private ByteRanges present = new ByteRanges();
    private int grain = 1;
    private long length = ByteRange.END;

    /**
     * Begins with what is there.
     *
     * @param unit stretches begin at multiples of so many bytes, or where bytes that are there end
     */
    void begin(ByteRanges found, int unit) {
        present = found;
        grain = unit;
    }

    /** Forgets what is there behind a position, as it will not be read; stretches may begin anywhere from now on. */
    void forgetFrom(long position) {
        ByteRanges before = new ByteRanges();
        for (ByteRange run : present.list()) {
            if (run.from() < position) {
                before.add(run.from(), Math.min(run.to(), position));
            }
        }
        begin(before, 1);
    }

    void lengthIs(long bytes) {
        length = bytes;
    }

    /** What is there. */
    ByteRanges present() {
        return present;
    }

    /** What is being brought. */
    List<RangeTask> claimed() {
        return claimed;
    }

    /**
     * Claims the first bytes that nobody brings.
     *
     * @param from position of the first that is wanted
     * @param to position behind the last that is wanted
     * @param most bytes in the stretch, about
     * @return null when all of these are there or on their way
     */
    @Nullable
    RangeTask claim(long from, long to, long most, long nowNanos) {
        long end = Math.min(to, length);
        long at = present.endOfRun(from);
        while (at < end) {
            RangeTask busy = claimedAt(at);
            if (busy == null) {
                long first = present.endOfRun(at / grain * grain);
                long last = Math.min(roundedUp(end),
                        roundedUp(most > ByteRange.END - first ? ByteRange.END : first + most));
                RangeTask mine = new RangeTask(first, Math.min(Math.min(last, length), nextTaken(first)), nowNanos);
                claimed.add(mine);
                return mine;
            }
            at = present.endOfRun(busy.to());
        }
        return null;
    }

    /** What is claimed and not there yet at a position; null when nothing is. */
    @Nullable
    RangeTask claimedAt(long position) {
        for (RangeTask each : claimed) {
            if (each.from() <= position && position < each.to()) {
                return each;
            }
        }
        return null;
    }

    private long roundedUp(long position) {
        return position > ByteRange.END - grain ? ByteRange.END : (position + grain - 1) / grain * grain;
    }

    /** The next byte that is there, or that somebody brings. */
    private long nextTaken(long from) {
        long next = present.nextPresent(from);
        for (RangeTask each : claimed) {
            next = each.from() >= from ? Math.min(next, each.from()) : next;
        }
        return next;
    }

    /** Its connection goes on to the end, so others need not ask for what follows it. */
    void extend(RangeTask mine) {
        claimed.remove(mine);
        mine.extendTo(Math.min(length, nextTaken(mine.from() + 1)));
        claimed.add(mine);
    }

    /** It is brought no further; what is missing of it may be claimed anew. */
    void giveBack(RangeTask mine) {
        claimed.remove(mine);
    }
}
