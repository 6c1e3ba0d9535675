package dev.freshet.cache.evict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides what stays when space is short. It keeps no content, only the numbers of fills, their weights and the order in
 * which they should go, and removes nothing by itself: its owner asks for the {@link #coldest} before it adds what would
 * be too much, and forgets them.
 *
 * <p>What was used again goes later than what was used once, however lately, as long as it fits into three quarters of the
 * capacity: a scan that reads everything once pushes out none of it.
 *
 * <p>Weights are bytes. All methods may be called by any thread. {@link #touch} waits for nobody; the others wait for each
 * other, and for nothing else.
 */
public final class Retention {

    private static final int FIRST_BATCH = 16;
    private static final int AT_ONCE = 1024;

    private final ConcurrentHashMap<Long, Fill> fills = new ConcurrentHashMap<>();

    /** Uses that have not changed the order yet. */
    private final Queue<Fill> uses = new ConcurrentLinkedQueue<>();

    private final AtomicLong bytes = new AtomicLong();

    /** Fair, so that whoever takes it again and again lets others in between. */
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Ranks ranks;

    /**
     * Begins without fills.
     *
     * @param capacityBytes how much its owner will keep; the sum of the weights may exceed it
     */
    public Retention(long capacityBytes) {
        this.ranks = new Ranks(capacityBytes);
    }

    /** Changes how many bytes the owner will keep. */
    public void resize(long capacityBytes) {
        lock();
        try {
            ranks.resize(capacityBytes);
        } finally {
            lock.unlock();
        }
    }

    /** The sum of the weights. */
    public long bytes() {
        return bytes.get();
    }

    /** How many fills there are. */
    public long count() {
        return fills.mappingCount();
    }

    /**
     * Adds a fill, which is its first use. One that is there already takes the new weight and stays where it is.
     *
     * @param weight bytes, from 0
     */
    public void add(long fill, long weight) {
        lock();
        try {
            Fill present = fills.get(fill);
            if (present == null) {
                ranks.add(known(fill, weight));
                return;
            }
            bytes.addAndGet(weight - present.bytes);
            ranks.weigh(present, weight);
        } finally {
            lock.unlock();
        }
    }

    /** Counts a use, or takes it for a part of the one before. Nothing happens when the fill is not there. */
    public void touch(long fill) {
        Fill used = fills.get(fill);
        if (used == null) {
            return;
        }
        uses.add(used);
        if (lock.tryLock()) {
            try {
                applyUses();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Lets a fill go. Nothing happens when it is not there. */
    public void forget(long fill) {
        lock();
        try {
            Fill forgotten = fills.remove(fill);
            if (forgotten != null) {
                bytes.addAndGet(-forgotten.bytes);
                ranks.remove(forgotten);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Visits fills, the least wanted first, until the visitor returns false or has seen each one that is there all the
     * time. Nothing is removed. The visitor runs under no lock and may do as it likes, also forget what it sees, which
     * somebody else may have touched or forgotten a moment ago.
     */
    public void coldest(LongPredicate visitor) {
        Set<Long> visited = new HashSet<>();
        for (long most = FIRST_BATCH;; most *= 2) {
            List<Fill> batch = coldest(most, fill -> !visited.contains(fill));
            if (batch.isEmpty()) {
                return;
            }
            for (Fill fill : batch) {
                if (!visitor.test(fill.number())) {
                    return;
                }
                visited.add(fill.number());
            }
        }
    }

    /**
     * All fills, the least wanted first, for {@link #restore}. They are looked at a thousand at a time, so that others
     * need not wait long; what is used or added meanwhile may stand where it was or where it is then.
     */
    public List<Ranked> order() {
        List<Placed> placed = new ArrayList<>();
        Iterator<Fill> each = fills.values().iterator();
        while (each.hasNext()) {
            lock();
            try {
                for (int i = 0; i < AT_ONCE && each.hasNext(); i++) {
                    Fill fill = each.next();
                    if (fill.rank != Fill.NO_RANK) {
                        placed.add(new Placed(new Ranked(fill.number(), fill.bytes, fill.rank + 1), fill.place));
                    }
                }
            } finally {
                lock.unlock();
            }
        }
        placed.sort(Comparator.comparingInt((Placed fill) -> fill.ranked().uses()).thenComparingLong(Placed::place));
        return placed.stream().map(Placed::ranked).toList();
    }

    private record Placed(Ranked ranked, long place) {}

    /**
     * Adds fills in an order that was saved. Into an empty one of the same capacity, it restores the order as it was; what
     * is here already stays as it is, and is warmer than what is restored to the same rank.
     *
     * @param order as {@link #order()} gave it
     */
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
            ranks.settle();
        } finally {
            lock.unlock();
        }
    }

    private void restore(Ranked ranked) {
        if (!fills.containsKey(ranked.fill())) {
            int rank = Math.clamp(ranked.uses() - 1, 0, Ranks.COUNT - 1);
            ranks.restore(known(ranked.fill(), ranked.bytes()), rank);
        }
    }

    private List<Fill> coldest(long most, LongPredicate matching) {
        lock();
        try {
            return ranks.coldest(most, matching);
        } finally {
            lock.unlock();
        }
    }

    /** A new fill, known from now on. */
    private Fill known(long number, long weight) {
        Fill fill = new Fill(number);
        fill.bytes = weight;
        bytes.addAndGet(weight);
        fills.put(number, fill);
        return fill;
    }

    /** Takes the lock, and brings the order up to date. */
    private void lock() {
        lock.lock();
        applyUses();
    }

    private void applyUses() {
        for (@Nullable
        Fill used = uses.poll(); used != null; used = uses.poll()) {
            ranks.use(used);
        }
    }
}
