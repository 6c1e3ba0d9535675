package dev.freshet.cache.evict;

/** A fill, what it weighs, and where it stands: between two neighbours in a rank. There may be a million of these. */
final class Fill {

    /** The rank of a fill that has none. */
    static final int NO_RANK = -1;

    private final long number;

    long bytes;
    int rank = NO_RANK;

    /** Grows from the coldest of its rank to the warmest. */
    long place;

    /** The turnover when it came or was last lifted. */
    long liftedAt;

    Fill colder = this;
    Fill warmer = this;

    Fill(long number) {
        this.number = number;
    }

    long number() {
        return number;
    }
}
