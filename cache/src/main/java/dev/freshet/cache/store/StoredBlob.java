package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;

/** Committed content, open for reading; {@link #length()} is its final length. It is not removed under its reader. */
public interface StoredBlob extends StoredBytes, AutoCloseable {

    Digest digest();

    /** Ends the reading; a second call does nothing. */
    @Override
    void close();
}
