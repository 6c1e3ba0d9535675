package dev.freshet.cache.memory;

import dev.freshet.cache.store.StoreException;

/** A way to bring chunks to disk earlier than planned. */
public interface Relief {

    /**
     * Sets something in motion, without waiting for it.
     *
     * @throws StoreException if the caller need not wait any longer, as its chunk would be of no use
     */
    void begin() throws StoreException;
}
