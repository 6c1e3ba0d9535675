package dev.freshet.cache.flight;

/** How much of a blob is here, whoever may have it. */
public sealed interface Stock {

    /**
     * All of it.
     *
     * @param length bytes
     */
    record Stored(long length) implements Stock {}

    /**
     * A fill is under way.
     *
     * @param bytes that are there from the first on without a gap, of this fill or of an earlier one
     */
    record Coming(long bytes) implements Stock {}

    /**
     * What earlier fills have left, of which none is under way.
     *
     * @param bytes of it
     */
    record Partly(long bytes) implements Stock {}

    /** Nothing, or nothing that can be read. */
    record Missing() implements Stock {}
}
