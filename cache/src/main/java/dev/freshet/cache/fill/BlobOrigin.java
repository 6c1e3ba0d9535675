package dev.freshet.cache.fill;

import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import java.util.Optional;

/** The place that a blob comes from when the cache does not hold it. Its {@code toString} names it in messages, without secrets. */
public interface BlobOrigin {

    /** The repository that is asked for it. */
    Repository repository();

    /**
     * Asks for some of the blob's bytes; returns when the answer's head is there, and blocks until then. The caller closes
     * the transfer. Any number of threads may ask at once.
     *
     * @param wanted the bytes wanted; where the blob turns out to end before the first of them, the transfer states that
     *     length and has no bytes
     * @throws OriginException if the origin refuses, or could not be reached within its retry budget
     */
    Transfer open(ByteRange wanted) throws OriginException, InterruptedException;

    /**
     * With whom its unverified bytes may be shared; empty for an origin that may have all that is here, and give to all.
     * While it is present, a fill from this origin is <em>apart</em>: it is joined by those alone whose origin has an equal
     * one, it takes nothing that others have brought, and leaves nothing before the digest is right. Asked again when that
     * may have changed; called under a lock, so it must be quick.
     */
    default Optional<Object> apart() {
        return Optional.empty();
    }

    /**
     * Hears of a fill apart, from this origin alone, when all has come: if it is right, after the blob is committed, or
     * could not be, and while the fill can still be joined, so that a client that finds no fill finds the blob stored.
     *
     * @param isRight whether what it sent has the digest
     */
    default void judged(boolean isRight) {}
}
