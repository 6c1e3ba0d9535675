package dev.freshet.cache.evict;

import org.jspecify.annotations.Nullable;

/**
 * A fill, its weight and its uses: key and value at once, as there may be a million. Two are equal when their numbers are.
 * The weight is written under the lock of {@link Retention} only; uses that race may be counted once.
 */
final class Fill {

    /** Uses are counted up to this, as in Caffeine's own sketch. */
    static final int MOST_USES = 15;

    private static final int USED_AGAIN = 2;
    private static final int USE_BITS = 4;

    private final long number;
    private long bytes;

    /** The count in the lowest bits; above them the era in which it was right. */
    private int uses;

    Fill(long number) {
        this.number = number;
    }

    long number() {
        return number;
    }

    long bytes() {
        return bytes;
    }

    void weigh(long newBytes) {
        bytes = newBytes;
    }

    /** Counts one use in this era, and says whether that made a difference. */
    boolean use(int era) {
        int before = uses(era);
        int after = Math.min(before + 1, MOST_USES);
        setUses(after, era);
        return after != before;
    }

    void setUses(int count, int era) {
        uses = era << USE_BITS | count;
    }

    /** The uses, halved for each era that has passed; that it was used again stays known. */
    int uses(int era) {
        int seen = uses;
        int count = seen & MOST_USES;
        int eras = era - (seen >>> USE_BITS) & -1 >>> USE_BITS;
        return Math.max(count >> Math.min(eras, USE_BITS), Math.min(count, USED_AGAIN));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fill fill && fill.number == number;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }
}
