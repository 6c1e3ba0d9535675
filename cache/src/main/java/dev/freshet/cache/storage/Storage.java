package dev.freshet.cache.storage;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.store.BlobStore;

/**
 * A storage of content by digest and of the facts that registries have stated, which belong together: the facts are kept for
 * as long as the content that they are about, and both are durable by the same commit. May be used by any thread.
 */
public interface Storage extends AutoCloseable {

    /** The content. */
    BlobStore blobs();

    /** The facts. */
    Catalog catalog();

    /**
     * Waits for calls under way, then closes both; a second call does nothing. Every later call fails with
     * {@link dev.freshet.cache.store.StoreException}, also on blobs and writers handed out before.
     */
    @Override
    void close();
}
