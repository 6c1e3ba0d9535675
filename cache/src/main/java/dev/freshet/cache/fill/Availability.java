package dev.freshet.cache.fill;

/** How much of a blob the cache holds. */
public sealed interface Availability {

    /**
     * All of it.
     *
     * @param length bytes
     */
    record Stored(long length) implements Availability {}

    /**
     * A fill is under way.
     *
     * @param bytes that are there from the first on without a gap, of this fill or of an earlier one
     */
    record Filling(long bytes) implements Availability {}

    /**
     * What earlier fills have left, of which none is under way.
     *
     * @param bytes of it
     */
    record Partial(long bytes) implements Availability {}

    /** Nothing, or nothing that can be read. */
    record Missing() implements Availability {}
}
