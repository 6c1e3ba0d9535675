package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;

/** A listener to what a store does by itself. It is called on any thread, must be short and must not throw. */
public interface StoreListener {

    /**
     * Content was evicted.
     *
     * @param bytes what it took of the disk
     */
    void evicted(Digest digest, long bytes, EvictionReason reason);

    /** Content turned out to be damaged, or not to be there, and was dropped. */
    void damaged(Digest digest, String message);

    /**
     * Content can be served no more, as the store has lost its records; which content it was is lost with them.
     *
     * @param blobs how many
     * @param bytes what they take of the disk, as far as is known
     */
    default void lost(long blobs, long bytes, String message) {}

    /** The store takes no content any more, until {@link #writable()}. */
    void unwritable(String why);

    /** The store takes content again. */
    void writable();
}
