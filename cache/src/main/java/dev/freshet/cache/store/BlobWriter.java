package dev.freshet.cache.store;

import java.nio.ByteBuffer;

/**
 * A writer of one blob, in order by {@link #append}, or in pieces from anywhere by {@link #rangeWriter range writers} at the
 * same time. Any thread may read what was appended, as soon as the call has returned. One thread at a time appends in order,
 * commits and closes; a close may come while range writers append, which then fail. The store does not find the blob before
 * {@link #commit()}.
 */
public interface BlobWriter extends StoredBytes, AutoCloseable {

    /** How many bytes are present from the first on without a gap; never falls. */
    @Override
    long length();

    /**
     * As {@link StoredBytes#read}, wherever bytes are present: at least one is copied where there is one, and none behind a
     * gap.
     *
     * @return how many were copied; -1 when the byte at the position is not present now, which it may be later; otherwise 0
     *         only when the buffer has no room
     */
    @Override
    int read(long position, ByteBuffer destination) throws StoreException;

    /** The bytes of which a range writer begins at a multiple; what is left to the next writer begins and ends there. */
    int alignment();

    /** What can be read now, as a set of the caller's own; only more will be. It may have gaps from the beginning on. */
    ByteRanges present();

    /**
     * Begins to write at a position, which nothing waits for; no other range writer may be about to come there.
     *
     * @param from a multiple of the {@link #alignment()}, or the end of a run of present bytes; the byte there is not present
     * @throws IllegalArgumentException if it is another
     */
    RangeWriter rangeWriter(long from);

    /**
     * As {@link RangeWriter#append}, at {@link #length()}. After a failure nothing more is taken in this way, and there is
     * no commit.
     */
    void append(ByteBuffer source) throws StoreException;

    /**
     * Sees that what is present will be there for the next writer of this digest, after a {@link #close()} without a commit:
     * all aligned ranges, and the last one when it ends where the content was expected to end. Some is left out when it is
     * scattered too much. Waits for nothing; writing may go on.
     */
    void keep();

    /**
     * Makes the content durable, then visible; where another writer has committed this digest before, its content is
     * returned and this one's is dropped. The caller closes the blob. After it, this writer's bytes can still be read until
     * {@link #close()}, also when the content is removed meanwhile; a second commit, or an append, fails.
     *
     * @throws StoreException also when not everything is present, in one run from the first byte to the last
     */
    StoredBlob commit() throws StoreException;

    /** Lets no later writer begin with these bytes, as they are wrong. They can be read until {@link #close()}. */
    void discard();

    /**
     * Ends the writing. Without a commit or {@link #discard()} before it, what is durable already may be kept for the next
     * writer of this digest, and after {@link #keep()} all of it. A second call does nothing.
     */
    @Override
    void close();
}
