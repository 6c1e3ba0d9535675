package dev.freshet.proxy.serve.repository;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreException;

/**
 * A listener to failures of the store and the catalog; requests go on without them. Called on any thread and perhaps very often,
 * must be short, must not throw.
 */
public interface StoreTrouble {

    /** A call has failed. */
    void failed(StoreException failure);

    /** A stored manifest turned out damaged, and was removed. */
    void damaged(Digest digest, String message);
}
