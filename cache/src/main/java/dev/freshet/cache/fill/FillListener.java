package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreException;

/** A listener for fills; called on the fill's thread unless said otherwise, must be short, must not throw. */
public interface FillListener {

    /** A fill has been begun. */
    void began(Digest digest, BlobOrigin origin);

    /**
     * A fill that brings the whole goes on where an earlier one has stopped.
     *
     * @param bytes how many are there
     */
    void resumed(Digest digest, BlobOrigin origin, long bytes);

    /**
     * A fill has ended.
     *
     * @param bytes how many were received from the origin
     */
    void ended(Digest digest, BlobOrigin origin, FillOutcome end, long bytes);

    /**
     * The store could not say whether it holds this, or could not read it, and was taken not to hold it; called on any
     * thread, perhaps very often.
     */
    void storeFailed(Digest digest, StoreException failure);

    /** Stored content turned out damaged and was removed; called on any thread. */
    void damaged(Digest digest, String message);
}
