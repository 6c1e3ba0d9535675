package dev.freshet.proxy.serve;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.Lookup;
import dev.freshet.proxy.answer.CacheStatus;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Permission of a repository to have a blob, and the origin that brings the blob when the cache does not hold it.
 *
 * @param origins makes an origin for each opening of the blob
 * @param size bytes, as a manifest or the registry has stated; empty when unknown, and always for {@link Basis#UNPROVEN}:
 *        with a size, bytes that an earlier fill has left may be served without asking the registry
 * @param basis the reason for the permission
 */
record BlobGrant(Supplier<BlobOrigin> origins, OptionalLong size, Basis basis) {

    /** Why a repository may have a blob. */
    enum Basis {

        /** The registry has said within {@code freshness.link-ttl} that the repository holds the blob. */
        LINKED,
        /** The registry has just confirmed an older link. */
        CONFIRMED,
        /** The registry has said it once, and does not answer now. */
        STALE,
        /** No reason yet: the registry decides when a fill asks it on behalf of this repository. */
        UNPROVEN,
        /** A manifest of the repository lists the blob with URLs. Their origin shares nothing with others until one has delivered. */
        OFFERED
    }

    BlobGrant {
        if (basis == Basis.UNPROVEN && size.isPresent()) {
            throw new IllegalArgumentException("an unproven grant of a known size");
        }
    }

    /** Whether this grant allows to serve the result of a lookup. Without proof only a fill of the request's own is allowed. */
    boolean allows(Lookup lookup) {
        return switch (lookup) {
            case Lookup.Stored stored -> basis != Basis.UNPROVEN;
            case Lookup.Joined joined -> basis != Basis.UNPROVEN;
            case Lookup.Started started -> true;
            case Lookup.Rejected rejected -> true;
        };
    }

    /** The status of an answer on this basis, given how the cache was used for its bytes. */
    CacheStatus status(CacheStatus use) {
        if (use != CacheStatus.HIT) {
            return use;
        }
        return switch (basis) {
            case LINKED, UNPROVEN, OFFERED -> CacheStatus.HIT;
            case CONFIRMED -> CacheStatus.REVALIDATED;
            case STALE -> CacheStatus.STALE;
        };
    }
}
