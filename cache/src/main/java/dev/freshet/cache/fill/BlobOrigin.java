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
     * The scope in which its unverified bytes may be shared; empty for an origin that may use all stored bytes, and give to
     * all. A fill from an origin with a scope is joined only by readers whose origin has an equal scope, takes nothing that
     * other fills have left, and leaves nothing before the digest is right. Asked again when the scope may have ended; called
     * under a lock, so it must be quick.
     */
    default Optional<Object> sharingScope() {
        return Optional.empty();
    }

    /**
     * Hears of a fill with a sharing scope, from this origin alone, when all has come: if it is right, after the blob is
     * committed, or could not be, and while the fill can still be joined, so that a client that finds no fill finds the blob
     * stored.
     *
     * @param isRight whether what it sent has the digest
     */
    default void judged(boolean isRight) {}
}
