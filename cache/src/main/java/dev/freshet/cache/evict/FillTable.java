package dev.freshet.cache.evict;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of fills, one in each slot: its number, its weight, where it stands and between which neighbours. It keeps
 * them in arrays, as there may be a million: objects would take three times the memory, and every garbage collection would
 * visit each. The table grows by pages, so that nothing is ever copied.
 *
 * <p>One thread at a time.
 */
final class FillTable {

    /** No slot. */
    static final int NONE = -1;

    /** The standing of a slot that is in no rank. */
    static final long NOWHERE = -1;

    private static final int PAGE_BITS = 10;
    private static final int FILL = 0;
    private static final int BYTES = 1;
    private static final int STANDING = 2;
    private static final int LIFTED_AT = 3;
    private static final int NEIGHBOURS = 4;
    private static final int FIELDS = 5;

    private final List<long[]> pages = new ArrayList<>();

    /** So many slots have been in use at some time. */
    private int end;

    /** The first slot that is free again, the neighbour of which is the next. */
    private int free = NONE;

    private int visits;

    /** Puts a fill that stands nowhere into a slot. */
    int take(long fill, long bytes) {
        int slot = free;
        if (slot == NONE || visits > 0) {
            slot = end++;
            if (slot >>> PAGE_BITS == pages.size()) {
                pages.add(new long[FIELDS << PAGE_BITS]);
            }
        } else {
            free = warmer(slot);
        }
        set(slot, FILL, fill);
        set(slot, BYTES, bytes);
        set(slot, STANDING, NOWHERE);
        join(slot, slot);
        return slot;
    }

    /** Makes a slot free. */
    void release(int slot) {
        set(slot, STANDING, NOWHERE);
        set(slot, NEIGHBOURS, Integer.toUnsignedLong(free));
        free = slot;
    }

    /**
     * Sees to it that a slot before the one returned is not used for another fill until {@link #endVisit}, so that they
     * can be looked at a few at a time, each fill once.
     */
    int beginVisit() {
        visits++;
        return end;
    }

    void endVisit() {
        visits--;
    }

    /** The number of a fill. */
    long fill(int slot) {
        return get(slot, FILL);
    }

    /** What it weighs. */
    long bytes(int slot) {
        return get(slot, BYTES);
    }

    void weigh(int slot, long bytes) {
        set(slot, BYTES, bytes);
    }

    /** Where it stands, see {@link Rank#standing}, or {@link #NOWHERE}. */
    long standing(int slot) {
        return get(slot, STANDING);
    }

    void stand(int slot, long standing) {
        set(slot, STANDING, standing);
    }

    /** The turnover when it came or was last lifted. */
    long liftedAt(int slot) {
        return get(slot, LIFTED_AT);
    }

    void lift(int slot, long turnover) {
        set(slot, LIFTED_AT, turnover);
    }

    /** Its colder neighbour. */
    int colder(int slot) {
        return (int) (get(slot, NEIGHBOURS) >>> Integer.SIZE);
    }

    /** Its warmer neighbour. */
    int warmer(int slot) {
        return (int) get(slot, NEIGHBOURS);
    }

    /** Makes neighbours of two. */
    void join(int colder, int warmer) {
        set(colder, NEIGHBOURS, neighbours(colder(colder), warmer));
        set(warmer, NEIGHBOURS, neighbours(colder, warmer(warmer)));
    }

    private static long neighbours(int colder, int warmer) {
        return (long) colder << Integer.SIZE | Integer.toUnsignedLong(warmer);
    }

    private long get(int slot, int field) {
        return pages.get(slot >>> PAGE_BITS)[offset(slot) + field];
    }

    private void set(int slot, int field, long value) {
        pages.get(slot >>> PAGE_BITS)[offset(slot) + field] = value;
    }

    private static int offset(int slot) {
        return (slot & (1 << PAGE_BITS) - 1) * FIELDS;
    }
}
