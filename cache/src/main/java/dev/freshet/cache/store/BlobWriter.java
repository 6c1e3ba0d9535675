package dev.freshet.cache.store;

import java.nio.ByteBuffer;

/**
 * Content on its way in. One thread appends, commits and closes; any thread may read what was appended, as soon as
 * {@link #append} has returned. Nobody finds the content in the store before {@link #commit()}.
 */
public interface BlobWriter extends StoredBytes, AutoCloseable {

    /**
     * Takes all remaining bytes of the buffer, perhaps after a wait for memory. After a failure nothing more is taken, but
     * what {@link #length()} counts can be read until {@link #close()}, and the buffer's position is behind it.
     */
    void append(ByteBuffer source) throws StoreException;

    /**
     * Makes the content durable, then visible; where another writer has committed this digest before, its content is
     * returned and this one's is dropped. The caller closes the blob. After it, this writer's bytes can still be read until
     * {@link #close()}, also when the content is removed meanwhile; a second commit, or an append, fails.
     */
    StoredBlob commit() throws StoreException;

    /** Lets no later writer begin with these bytes, as they are wrong. They can be read until {@link #close()}. */
    void discard();

    /**
     * Ends the writing. Without a commit or {@link #discard()} before it, what is durable already may be kept for the next
     * writer of this digest. A second call does nothing.
     */
    @Override
    void close();
}
