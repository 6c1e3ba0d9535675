package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;

/** Committed content, open for reading; {@link #length()} is its final length. It is not removed under its reader. */
public interface StoredBlob extends StoredBytes, AutoCloseable {

    Digest digest();

    /** Removes this content, as it is of no use, and never a copy that has taken its place since. */
    void drop() throws StoreException;

    /** Ends the reading; a second call does nothing. */
    @Override
    void close();
}
