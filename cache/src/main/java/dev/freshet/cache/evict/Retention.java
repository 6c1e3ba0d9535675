package dev.freshet.cache.evict;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides what stays when space is short: what is wanted often, and for a while what is new, so that a scan that reads
 * everything once pushes out little. It keeps no content, only the numbers of fills, their weights and uses, and removes
 * nothing by itself: its owner asks for the {@link #coldest} before it adds what would be too much, and forgets them.
 *
 * <p>Weights are bytes; the policy rounds each up to 64 bytes and counts at most 128 GiB of it. All methods may be called by any
 * thread. {@link #touch} as a rule waits for nobody; the others wait for each other, and for nothing else.
 */
public final class Retention {

    private static final int FIRST_BATCH = 16;

    /** The part of the capacity that the policy may protect: four fifths of what its window leaves. */
    private static final double PROTECTED = 0.79;

    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong count = new AtomicLong();
    private final Eras eras = new Eras();
    private final Ranks ranks;

    private volatile long capacity;

    /**
     * Begins without fills.
     *
     * @param capacityBytes how much its owner will keep; the sum of the weights may exceed it, but should not for long
     */
    public Retention(long capacityBytes) {
        this.capacity = capacityBytes;
        this.ranks = new Ranks(capacityBytes);
    }

    /** Changes how many bytes the owner will keep. No fill is lost when they are fewer. */
    public void resize(long capacityBytes) {
        lock.lock();
        try {
            capacity = capacityBytes;
            ranks.resize(capacityBytes);
        } finally {
            lock.unlock();
        }
    }

    /** The sum of the weights, in bytes. */
    public long bytes() {
        return bytes.get();
    }

    /** How many fills there are. */
    public long count() {
        return count.get();
    }

    /**
     * Adds a fill, which is its first use. One that is there already takes the new weight, and is used.
     *
     * @param weight bytes, from 0
     */
    public void add(long fill, long weight) {
        lock.lock();
        try {
            Fill added = known(fill);
            eras.use(added, count.get());
            put(added, weight);
        } finally {
            lock.unlock();
        }
    }

    /** Counts a use. Nothing happens when the fill is not there. */
    public void touch(long fill) {
        Fill wanted = new Fill(fill);
        Fill used = ranks.use(wanted);
        if (used == null && ranks.gaveUpAny()) {
            used = takeBack(wanted);
        }
        if (used != null) {
            eras.use(used, count.get());
        }
    }

    /** Lets a fill go. Nothing happens when it is not there. */
    public void forget(long fill) {
        lock.lock();
        try {
            Fill forgotten = ranks.remove(new Fill(fill));
            if (forgotten != null) {
                bytes.addAndGet(-forgotten.bytes());
                count.decrementAndGet();
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
            List<Fill> batch = unvisited(most, visited);
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

    /** All fills, the least wanted first, for {@link #restore}. */
    public List<Ranked> order() {
        lock.lock();
        try {
            int era = eras.current();
            return ranks.coldest(Long.MAX_VALUE, fill -> true).stream()
                    .map(fill -> new Ranked(fill.number(), fill.bytes(), fill.uses(era))).toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds fills in an order that was saved, so that they go in about that order, and those that were used again are as
     * safe from a scan as before.
     *
     * @param order as {@link #order()} gave it; fills that are here already are left as they are
     */
    public void restore(List<Ranked> order) {
        lock.lock();
        try {
            List<Ranked> kept = new ArrayList<>();
            List<Ranked> others = new ArrayList<>();
            long room = (long) (PROTECTED * capacity);
            for (Ranked ranked : order.reversed()) {
                boolean protectable = ranked.uses() > 1 && ranked.bytes() <= room;
                if (protectable) {
                    room -= ranked.bytes();
                }
                (protectable ? kept : others).add(ranked);
            }
            // What comes last stays in the policy's window, where a use protects nothing.
            kept.reversed().forEach(this::readmit);
            others.reversed().forEach(this::readmit);
            for (Ranked ranked : kept.reversed()) {
                ranks.use(new Fill(ranked.fill()));
                ranks.settle();
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Fill> unvisited(long most, Set<Long> visited) {
        lock.lock();
        try {
            return ranks.coldest(most, fill -> !visited.contains(fill.number()));
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Fill takeBack(Fill wanted) {
        lock.lock();
        try {
            Fill found = ranks.find(wanted);
            if (found != null) {
                ranks.put(found);
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    private Fill known(long number) {
        Fill wanted = new Fill(number);
        Fill found = ranks.find(wanted);
        if (found == null) {
            count.incrementAndGet();
            return wanted;
        }
        return found;
    }

    private void put(Fill fill, long weight) {
        bytes.addAndGet(weight - fill.bytes());
        fill.weigh(weight);
        ranks.put(fill);
    }

    /** Puts a fill in as used so often. While it is light it stays in the window, where uses are counted and no more. */
    private void readmit(Ranked ranked) {
        Fill fill = new Fill(ranked.fill());
        if (ranks.find(fill) != null) {
            return;
        }
        int uses = Math.clamp(ranked.uses(), 1, Fill.MOST_USES);
        count.incrementAndGet();
        fill.setUses(uses, eras.current());
        if (uses > 1) {
            put(fill, 0);
            for (int use = 2; use < uses; use++) {
                ranks.use(fill);
            }
            ranks.settle();
        }
        put(fill, ranked.bytes());
    }
}
