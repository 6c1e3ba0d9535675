package dev.freshet.cache.evict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Lock;

/**
 * A snapshot of an eviction order, the first to go first. It is read some fills at a time, so that other calls need not wait
 * long. A fill that is used meanwhile appears at its old or its new place, one that is added meanwhile does not appear, and
 * one that is forgotten may be missing. For use by one thread.
 */
public final class EvictionOrder implements AutoCloseable {

    private static final int AT_ONCE = 1024;

    /**
     * A fill's place in a saved eviction order.
     *
     * @param fill its number
     * @param bytes what it weighs
     * @param uses 1 when it is new, or has sunk as low as if it were; 2 to 4 for each time it was used since and stayed up
     */
    public record Ranked(long fill, long bytes, int uses) {}

    private final FillTable slots;
    private final Lock lock;
    private final long[] standings;
    private final int[] ordered;
    private int next;

    /**
     * @param lock keeps others from the slots; not held now
     * @param end what {@link FillTable#beginVisit} returned
     */
    EvictionOrder(FillTable slots, Lock lock, int end) {
        this.slots = slots;
        this.lock = lock;
        this.standings = standings(end);
        this.ordered = ordered(standings);
    }

    /** The next fills, so many at most; none when there are no more. */
    public List<Ranked> next(int most) {
        List<Ranked> found = new ArrayList<>();
        while (found.size() < most && next < ordered.length) {
            lock.lock();
            try {
                int until = Math.min(ordered.length, next + Math.min(AT_ONCE, most - found.size()));
                for (; next < until; next++) {
                    int slot = ordered[next];
                    if (slots.standing(slot) != FillTable.NOWHERE) {
                        int uses = Rank.rank(standings[slot]) + 1;
                        found.add(new Ranked(slots.fill(slot), slots.bytes(slot), uses));
                    }
                }
            } finally {
                lock.unlock();
            }
        }
        return found;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            slots.endVisit();
        } finally {
            lock.unlock();
        }
    }

    private long[] standings(int end) {
        long[] seen = new long[end];
        for (int from = 0; from < end; from += AT_ONCE) {
            lock.lock();
            try {
                for (int slot = from; slot < Math.min(end, from + AT_ONCE); slot++) {
                    seen[slot] = slots.standing(slot);
                }
            } finally {
                lock.unlock();
            }
        }
        return seen;
    }

    /** The slots in the order of their standings, without those that stand nowhere. */
    private static int[] ordered(long[] standings) {
        long[] sorted = standings.clone();
        Arrays.sort(sorted);
        int nowhere = 0;
        while (nowhere < sorted.length && sorted[nowhere] == FillTable.NOWHERE) {
            nowhere++;
        }
        int[] ordered = new int[sorted.length - nowhere];
        for (int slot = 0; slot < standings.length; slot++) {
            if (standings[slot] != FillTable.NOWHERE) {
                ordered[Arrays.binarySearch(sorted, standings[slot]) - nowhere] = slot;
            }
        }
        return ordered;
    }
}
