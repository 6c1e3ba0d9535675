package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;

/** An event of the store or its catalog. */
public sealed interface StoreEvent extends Event {

    /**
     * Content was evicted.
     *
     * @param bytes that it used on disk
     */
    record Evicted(Digest digest, long bytes, EvictionReason reason) implements StoreEvent {}

    /** Content was found damaged or missing, and was dropped. */
    record Damaged(Digest digest, String message) implements StoreEvent {}

    /**
     * The store lost the records of content, and with them its digests.
     *
     * @param blobs number of them
     * @param bytes that they use on disk, as far as is known
     */
    record Lost(long blobs, long bytes, String message) implements StoreEvent {}

    /** A call failed; the request continued as if the content was not stored. */
    record Failed(StoreException failure) implements StoreEvent {}

    /** The store takes no new content until it is {@link Writable} again. */
    record Unwritable(String why) implements StoreEvent {}

    /** The store takes new content again. */
    record Writable() implements StoreEvent {}
}
