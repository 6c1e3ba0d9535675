package dev.freshet.cache.flight;

import dev.freshet.cache.name.Repository;

/** Where a blob comes from when the cache does not hold it. Its {@code toString} names it in messages, without secrets. */
public interface BlobOrigin {

    /** The repository that is asked for it. */
    Repository repository();

    /**
     * Asks for the blob from a byte on, to its end; returns when the answer's head is there, and blocks until then. The
     * caller closes the transfer.
     *
     * @param from position of the first byte wanted, from 0; where the blob turns out to end before it, the transfer states
     *     that length and has no bytes
     * @throws OriginException if the origin refuses, or could not be reached within its retry budget
     */
    Transfer open(long from) throws OriginException, InterruptedException;
}
