package dev.freshet.cache.evict;

/** One of the ranks of a {@link SegmentedLru}: a list of fills, the coldest first, and the sum of their bytes. */
final class Rank {

    private static final int PLACE_BITS = 61;
    private static final long MIDDLE = 1L << (PLACE_BITS - 1);

    private final FillTable slots;
    private final int number;

    /** Closes the ring: it is colder than the warmest fill and warmer than the coldest. */
    private final int ends;

    private long bytes;
    private long warmestPlace;
    private long coldestPlace;

    Rank(FillTable slots, int number) {
        this.slots = slots;
        this.number = number;
        this.ends = slots.take(0, 0);
    }

    long bytes() {
        return bytes;
    }

    /** The slot of the coldest fill; {@link #isEnd} says so when there is none. */
    int coldest() {
        return slots.warmer(ends);
    }

    boolean isEnd(int slot) {
        return slot == ends;
    }

    /** Adds a fill that stands nowhere, as the warmest. */
    void append(int slot) {
        warmestPlace++;
        insert(slots.colder(ends), slot, ends, warmestPlace);
    }

    /** Adds a fill that stands nowhere, as the coldest. */
    void prepend(int slot) {
        coldestPlace--;
        insert(ends, slot, slots.warmer(ends), coldestPlace);
    }

    void weigh(int slot, long newBytes) {
        bytes += newBytes - slots.bytes(slot);
        slots.weigh(slot, newBytes);
    }

    /** Removes a fill that is here. */
    void remove(int slot) {
        slots.join(slots.colder(slot), slots.warmer(slot));
        slots.stand(slot, FillTable.NOWHERE);
        bytes -= slots.bytes(slot);
    }

    private void insert(int colder, int slot, int warmer, long place) {
        slots.join(colder, slot);
        slots.join(slot, warmer);
        slots.stand(slot, standing(number, place));
        bytes += slots.bytes(slot);
    }

    /**
     * The rank of a fill and its place there, in one positive number; a lower one goes earlier. Each is given once.
     *
     * @param place grows from the coldest of a rank to the warmest, from -2<sup>60</sup> up to 2<sup>60</sup>
     */
    static long standing(int rank, long place) {
        return (long) rank << PLACE_BITS | (place + MIDDLE);
    }

    /** The rank in a {@linkplain #standing standing}. */
    static int rank(long standing) {
        return (int) (standing >>> PLACE_BITS);
    }
}
