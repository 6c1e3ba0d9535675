package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Keeps content under its digest. Content exists from the moment its commit record is written, whole or not at all; what
 * was begun and never committed, by a failure or a crash, is swept away when the store is opened next.
 *
 * <p>The store believes the digest it is told; whoever writes has verified it. All methods may be called by any thread.
 * After {@link #close()} every call, also on blobs and writers handed out before, fails with {@link StoreException} and
 * never harms the process.
 */
public interface BlobStore extends AutoCloseable {

    /**
     * Opens content for reading; empty when there is none. The caller closes the blob, and may read it until then even
     * when it is removed meanwhile.
     */
    Optional<StoredBlob> open(Digest digest) throws StoreException;

    /**
     * Begins to take content in. Several writers may work on one digest; each commits for itself, and the first commit
     * stays.
     *
     * @param expectedLength bytes, a hint that is not checked; empty when unknown
     */
    BlobWriter begin(Digest digest, OptionalLong expectedLength) throws StoreException;

    /** Removes content; nothing happens when there is none. Its space is free when its last reader has closed it. */
    void remove(Digest digest) throws StoreException;

    /** What is committed now. */
    StoreUsage usage() throws StoreException;

    /** Waits for calls under way, then lets go of everything; a second call does nothing. */
    @Override
    void close();
}
