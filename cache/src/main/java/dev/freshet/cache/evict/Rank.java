package dev.freshet.cache.evict;

/** Fills in the order in which they came, the coldest first, and what they weigh together. */
final class Rank {

    /** Closes the ring: it is colder than the warmest fill and warmer than the coldest. */
    private final Fill ends = new Fill(0);

    private long bytes;
    private long warmestPlace;
    private long coldestPlace;

    long bytes() {
        return bytes;
    }

    /** The coldest fill; {@link #isEnd} says so when there is none. */
    Fill coldest() {
        return ends.warmer;
    }

    boolean isEnd(Fill fill) {
        return fill == ends;
    }

    /** Takes in a fill that has no neighbours, as the warmest. */
    void append(Fill fill) {
        warmestPlace++;
        fill.place = warmestPlace;
        insert(ends.colder, fill, ends);
    }

    /** Takes in a fill that has no neighbours, as the coldest. */
    void prepend(Fill fill) {
        coldestPlace--;
        fill.place = coldestPlace;
        insert(ends, fill, ends.warmer);
    }

    void weigh(Fill fill, long newBytes) {
        bytes += newBytes - fill.bytes;
        fill.bytes = newBytes;
    }

    /** Lets go of a fill that is here. */
    void remove(Fill fill) {
        fill.colder.warmer = fill.warmer;
        fill.warmer.colder = fill.colder;
        fill.colder = fill;
        fill.warmer = fill;
        bytes -= fill.bytes;
    }

    private void insert(Fill colder, Fill fill, Fill warmer) {
        fill.colder = colder;
        fill.warmer = warmer;
        colder.warmer = fill;
        warmer.colder = fill;
        bytes += fill.bytes;
    }
}
