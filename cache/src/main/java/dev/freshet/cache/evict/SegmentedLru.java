package dev.freshet.cache.evict;

import dev.freshet.cache.evict.EvictionOrder.Ranked;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A segmented LRU of four ranks. Fills go from the lowest rank first, and from each rank the coldest first. A new fill is
 * the
 * warmest of the lowest rank, and a use lifts it to the warm end of the next.
 *
 * <p>At most three quarters of the capacity stand above the lowest rank, at most half above the second, and a quarter in
 * the highest; the excess sinks to the warm end of the rank below, which leaves the order as it was. So a scan that reads
 * everything once evicts no fill that was used again and fits into three quarters of the capacity.
 *
 * <p>Uses that follow each other closely count as one, as a pull may ask for a blob several times, or for its pieces: a fill
 * is lifted again only when a sixty-fourth of the capacity has been added or lifted since; until then a use takes it to the
 * warm end of its own rank.
 *
 * <p>{@link #touch} waits for no other call; the others wait for each other.
 */
public final class SegmentedLru implements EvictionPolicy {

    static final int RANKS = 4;

    private static final int PAUSES = 64;
    private static final int FIRST_BATCH = 16;
    private static final int AT_ONCE = 1024;

    private final FillTable slots = new FillTable();
    private final FillIndex index = new FillIndex(slots::fill);
    private final List<Rank> ranks = new ArrayList<>();
    private long quarter;
    private long pause;

    /** Bytes added and lifted so far. */
    private long turnover;

    /** The fills whose uses have not changed the order yet. */
    private final Queue<Long> uses = new ConcurrentLinkedQueue<>();

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong count = new AtomicLong();

    /** Fair, so that a thread that takes it again and again lets others in between. */
    private final ReentrantLock lock = new ReentrantLock(true);

    /**
     * Begins without fills.
     *
     * @param capacityBytes how much its owner will keep; the sum of the weights may exceed it
     */
    public SegmentedLru(long capacityBytes) {
        for (int rank = 0; rank < RANKS; rank++) {
            ranks.add(new Rank(slots, rank));
        }
        fitTo(capacityBytes);
    }

    @Override
    public void resize(long capacityBytes) {
        lock();
        try {
            fitTo(capacityBytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long bytes() {
        return bytes.get();
    }

    @Override
    public long count() {
        return count.get();
    }

    @Override
    public void add(long fill, long weight) {
        lock();
        try {
            int slot = index.find(fill);
            if (slot == FillTable.NONE) {
                enter(take(fill, weight));
                return;
            }
            bytes.addAndGet(weight - slots.bytes(slot));
            weigh(slot, weight);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void touch(long fill) {
        uses.add(fill);
        if (lock.tryLock()) {
            try {
                applyUses();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void forget(long fill) {
        lock();
        try {
            int slot = index.remove(fill);
            if (slot != FillTable.NONE) {
                count.decrementAndGet();
                bytes.addAndGet(-slots.bytes(slot));
                rankOf(slot).remove(slot);
                slots.release(slot);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void coldest(LongPredicate visitor) {
        Set<Long> visited = new HashSet<>();
        for (long most = FIRST_BATCH;; most *= 2) {
            List<Long> batch = coldest(most, fill -> !visited.contains(fill));
            if (batch.isEmpty()) {
                return;
            }
            for (Long fill : batch) {
                if (!visitor.test(fill)) {
                    return;
                }
                visited.add(fill);
            }
        }
    }

    @Override
    public EvictionOrder order() {
        return new EvictionOrder(slots, lock, beginVisit());
    }

    private int beginVisit() {
        lock();
        try {
            return slots.beginVisit();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void restore(List<Ranked> order) {
        List<Ranked> warmestFirst = order.reversed();
        for (int from = 0; from < order.size(); from += AT_ONCE) {
            List<Ranked> some = warmestFirst.subList(from, Math.min(order.size(), from + AT_ONCE));
            lock();
            try {
                some.forEach(this::restore);
            } finally {
                lock.unlock();
            }
        }
        lock();
        try {
            settle();
        } finally {
            lock.unlock();
        }
    }

    private void restore(Ranked ranked) {
        if (index.find(ranked.fill()) == FillTable.NONE) {
            int rank = Math.clamp(ranked.uses() - 1, 0, RANKS - 1);
            restore(take(ranked.fill(), ranked.bytes()), rank);
        }
    }

    private List<Long> coldest(long most, LongPredicate matching) {
        lock();
        try {
            return first(most, matching);
        } finally {
            lock.unlock();
        }
    }

    /** The slot of a new fill. */
    private int take(long fill, long weight) {
        int slot = slots.take(fill, weight);
        index.add(fill, slot);
        count.incrementAndGet();
        bytes.addAndGet(weight);
        return slot;
    }

    /** Takes the lock, and brings the order up to date. */
    private void lock() {
        lock.lock();
        applyUses();
    }

    private void applyUses() {
        for (@Nullable
        Long used = uses.poll(); used != null; used = uses.poll()) {
            int slot = index.find(used);
            if (slot != FillTable.NONE) {
                use(slot);
            }
        }
    }

    private void fitTo(long capacityBytes) {
        quarter = capacityBytes / RANKS;
        pause = capacityBytes / PAUSES;
        settle();
    }

    /** Adds a new fill. */
    private void enter(int slot) {
        turnover += slots.bytes(slot);
        slots.lift(slot, turnover);
        append(slot, 0);
    }

    /** Adds a fill that had this rank before a restart, as the coldest of it; {@link #settle} is to follow. */
    private void restore(int slot, int rank) {
        slots.lift(slot, turnover - pause);
        ranks.get(rank).prepend(slot);
    }

    /** Takes note of a use, which may lift the fill. */
    private void use(int slot) {
        int rank = rank(slot);
        ranks.get(rank).remove(slot);
        int next = Math.min(rank + 1, RANKS - 1);
        if (turnover - slots.liftedAt(slot) < pause || slots.bytes(slot) > room(next)) {
            append(slot, rank);
            return;
        }
        turnover += slots.bytes(slot);
        slots.lift(slot, turnover);
        append(slot, next);
    }

    /** Gives a fill another weight, which is no use of it. */
    private void weigh(int slot, long bytes) {
        turnover += Math.max(0, bytes - slots.bytes(slot));
        rankOf(slot).weigh(slot, bytes);
        settle();
    }

    /** The numbers of the first fills in the order that match, so many at most. */
    private List<Long> first(long most, LongPredicate matching) {
        List<Long> found = new ArrayList<>();
        for (Rank rank : ranks) {
            for (int slot = rank.coldest(); !rank.isEnd(slot); slot = slots.warmer(slot)) {
                if (found.size() == most) {
                    return found;
                }
                if (matching.test(slots.fill(slot))) {
                    found.add(slots.fill(slot));
                }
            }
        }
        return found;
    }

    private Rank rankOf(int slot) {
        return ranks.get(rank(slot));
    }

    private int rank(int slot) {
        return Rank.rank(slots.standing(slot));
    }

    private void append(int slot, int rank) {
        ranks.get(rank).append(slot);
        settle();
    }

    /** Moves the excess of each rank down. */
    private void settle() {
        long above = 0;
        for (int upper = RANKS - 1; upper > 0; upper--) {
            Rank rank = ranks.get(upper);
            above += rank.bytes();
            while (above > room(upper)) {
                int sinking = rank.coldest();
                rank.remove(sinking);
                above -= slots.bytes(sinking);
                ranks.get(upper - 1).append(sinking);
            }
        }
    }

    /** Bytes that a rank and those above it may hold. */
    private long room(int rank) {
        return quarter * (RANKS - rank);
    }
}
