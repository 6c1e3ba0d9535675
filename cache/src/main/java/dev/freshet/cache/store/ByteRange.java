package dev.freshet.cache.store;

/**
 * Bytes from one position to another, at least one.
 *
 * @param from position of the first byte, from 0
 * @param to position behind the last byte; {@link #END} when they go on to the end, wherever that is
 */
public record ByteRange(long from, long to) {

    /** Behind the last byte of any content. */
    public static final long END = Long.MAX_VALUE;

    public ByteRange {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("bytes from " + from + " to " + to + " are none");
        }
    }

    /** All bytes from a position on. */
    public static ByteRange from(long position) {
        return new ByteRange(position, END);
    }

    /** How many bytes these are. */
    public long length() {
        return to - from;
    }

    /** Whether the byte at a position is one of them. */
    public boolean contains(long position) {
        return from <= position && position < to;
    }

    @Override
    public String toString() {
        return to == END ? from + "-" : from + "-" + (to - 1);
    }
}
