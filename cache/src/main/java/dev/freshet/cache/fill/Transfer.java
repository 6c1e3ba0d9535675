package dev.freshet.cache.fill;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * A run of a blob's bytes on their way, in order and without a gap, however many connections that takes. One thread reads; any
 * thread may close, which makes a read under way fail soon, and every later one.
 */
public interface Transfer extends AutoCloseable {

    /** The whole blob's length in bytes as its origin states it; empty when it does not. */
    OptionalLong length();

    /**
     * Position behind the last byte that will come: the end of the wanted bytes, or of the blob where it ends before, or
     * where {@link #isWhole()}; not behind the first wanted byte when none will come. Empty when the origin does not state
     * what it would take to know. Never changes once it is known.
     */
    OptionalLong end();

    /**
     * Whether the origin sends the whole blob, as it was asked for that, or knows of no ranges. The bytes before the wanted
     * ones are then received and dropped by the first read, not before; those behind them can be read.
     */
    boolean isWhole();

    /**
     * Waits for bytes and copies at least one.
     *
     * @return how many; -1 at {@link #end()}, or without one at the end of what the origin sends
     * @throws OriginException if the rest cannot be had
     */
    int read(ByteBuffer destination) throws OriginException, InterruptedException;

    /** Lets go of the connection; a second call does nothing. */
    @Override
    void close();
}
