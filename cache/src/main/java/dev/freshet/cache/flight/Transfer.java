package dev.freshet.cache.flight;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * One blob's bytes on their way, in order and without a gap, whatever it takes to get them. One thread reads; any thread
 * may close, which makes a read under way fail.
 */
public interface Transfer extends AutoCloseable {

    /** The whole blob's length in bytes as its origin states it; empty when it does not. */
    OptionalLong length();

    /**
     * Waits for bytes and copies at least one.
     *
     * @return how many; -1 at the end, which comes only when all stated bytes have
     * @throws OriginException if the rest cannot be had
     */
    int read(ByteBuffer destination) throws OriginException, InterruptedException;

    /** Lets go of the connection; a second call does nothing. */
    @Override
    void close();
}
