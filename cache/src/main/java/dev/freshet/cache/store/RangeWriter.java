package dev.freshet.cache.store;

import java.nio.ByteBuffer;

/**
 * A writer of consecutive bytes from some position on; other range writers of its {@link BlobWriter} write elsewhere at the
 * same time. Used by one thread at a time; which one may change, if the caller sees to the order in memory.
 * It need not be ended: where it has come to, another may go on.
 */
public interface RangeWriter {

    /** Where the next byte goes. */
    long position();

    /**
     * Takes all remaining bytes of the buffer, perhaps after a wait for memory. They can be read when this returns. After a
     * failure this range writer takes nothing more; what it has taken stays, and the buffer's position and {@link
     * #position()} are
     * behind it.
     *
     * @throws StoreFullException if there is no room for what the writer has taken so far, after which no range writer of
     * it takes
     *     anything
     * @throws IllegalStateException if it comes to bytes that are present already, or where another range writer is writing
     */
    void append(ByteBuffer source) throws StoreException;
}
