package dev.freshet.proxy.serve;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.fill.Availability;
import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.ContentException;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.serve.BlobGrant.Basis;
import dev.freshet.proxy.serve.repository.ForeignLayers;
import dev.freshet.proxy.serve.repository.ForeignLayers.Offer;
import dev.freshet.proxy.serve.repository.Links;
import dev.freshet.proxy.serve.repository.Registries;
import dev.freshet.proxy.serve.repository.SharedCalls;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.foreign.ForeignRefusedException;
import dev.freshet.proxy.upstream.registry.Registry;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decisions whether a repository may have a blob. The cache keeps bytes by digest; permission is by repository: a link in
 * the catalog, or the word of the registry, which becomes a link. Without either, no repository gets a layer of another one
 * because the cache holds it. A manifest that lists a blob with URLs grants nothing of the registry's; it offers these URLs.
 *
 * <p>Safe for use by several threads.
 */
final class BlobPermissions {

    private static final Logger LOG = LoggerFactory.getLogger(BlobPermissions.class);

    private final Registries registries;
    private final ContentCache cache;
    private final Links links;
    private final ForeignLayers foreign;
    private final SharedCalls<Route.Blob, OptionalLong> probes = new SharedCalls<>();
    private final SharedCalls<Route.Blob, OptionalLong> confirmations = new SharedCalls<>();

    BlobPermissions(Registries registries, ContentCache cache, Links links, ForeignLayers foreign) {
        this.registries = registries;
        this.cache = cache;
        this.links = links;
        this.foreign = foreign;
    }

    /**
     * Decides on what basis a repository may have a blob; asks the registry when neither a link nor a coming fill tells.
     *
     * @param fills whether the request begins a fill when the cache has nothing, so that the registry is asked by that fill
     * @throws OriginException if the registry denies the blob, or does not answer
     */
    BlobGrant find(Route.Blob blob, boolean fills) throws OriginException, InterruptedException {
        Optional<Link> link = links.find(held(blob));
        if (link.isPresent()) {
            return linked(blob, link.get(), fills);
        }
        Optional<Offer> offer = foreign.find(blob.repository(), blob.digest());
        if (offer.isPresent()) {
            return registryOrUrls(blob, offer.get());
        }
        return fills && !cache.has(blob.digest()) ? unproven(blob) : probe(blob);
    }

    /** A little past the TTL, a request for a manifest is left to confirm all links of that manifest at once. */
    private BlobGrant linked(Route.Blob blob, Link link, boolean fills) throws OriginException, InterruptedException {
        Freshness freshness = links.freshness(blob.repository(), link);
        boolean isReliedOn = switch (freshness) {
            case FRESH, AGEING -> true;
            case SPARING, STALE, EXPIRED -> false;
        };
        if (isReliedOn) {
            return grant(blob, link, Basis.LINKED);
        }
        if (fills && cache.availability(blob.digest()) instanceof Availability.Missing) {
            return unproven(blob);
        }
        try {
            return confirm(blob, link);
        } catch (UpstreamException e) {
            if (freshness != Freshness.EXPIRED && registries.mayServeStale(blob.repository().registry(), e)) {
                LOG.atLevel(Registries.levelOf(e))
                        .log("serving {}, though whether its repository holds it is not confirmed: {}", held(blob),
                                e.getMessage());
                return grant(blob, link, Basis.STALE);
            }
            Optional<BlobGrant> other = afterFailure(blob, Basis.LINKED, e);
            if (other.isEmpty()) {
                throw e;
            }
            return other.get();
        }
    }

    private BlobGrant confirm(Route.Blob blob, Link link) throws OriginException, InterruptedException {
        OptionalLong size = confirmations.get(blob, () -> registry(blob).probeBlob(blob.repository(), blob.digest(),
                Registries.PATIENCE_WITH_STALE)).value();
        Link confirmed = size.isPresent() ? new Link(ContentKind.BLOB, link.mediaType(), size) : link;
        links.put(blob.repository(), Map.of(blob.digest(), confirmed));
        return grant(blob, confirmed, Basis.CONFIRMED);
    }

    /** The registry comes first, unless the cache has bytes of these URLs that this repository may have. */
    private BlobGrant registryOrUrls(Route.Blob blob, Offer offer) throws OriginException, InterruptedException {
        if (!offer.isIn(cache)) {
            try {
                return probe(blob);
            } catch (UpstreamException e) {
                if (e.reason() != FailureReason.NOT_FOUND) {
                    throw e;
                }
            }
        }
        return offered(offer);
    }

    /** Asks the registry whether the repository holds the blob; its answer becomes a link. */
    BlobGrant probe(Route.Blob blob) throws OriginException, InterruptedException {
        return proven(blob,
                probes.get(blob, () -> registry(blob).probeBlob(blob.repository(), blob.digest())).value());
    }

    /**
     * Notes that the registry has given the blob to this repository.
     *
     * @param size bytes; empty when the registry does not say
     */
    BlobGrant proven(Route.Blob blob, OptionalLong size) {
        Link link = new Link(ContentKind.BLOB, "", size);
        links.put(blob.repository(), Map.of(blob.digest(), link));
        return grant(blob, link, Basis.LINKED);
    }

    /**
     * Draws the conclusions from a failure: a denial by the registry withdraws the link, and a blob that the registry does
     * not have may come from the URLs in a manifest.
     *
     * @return what the repository may have instead; empty when that is nothing
     */
    Optional<BlobGrant> afterFailure(Route.Blob blob, Basis basis, Exception failure) throws OriginException {
        Optional<OriginException> refusal = refusal(failure);
        if (basis == Basis.OFFERED || refusal.isEmpty()) {
            return Optional.empty();
        }
        boolean isDenial = refusal.get() instanceof UpstreamException upstream
                && registries.isDenial(blob.repository().registry(), upstream);
        if (isDenial && links.find(held(blob)).isPresent()) {
            links.remove(blob.repository(), ContentKind.BLOB, Set.of(blob.digest()));
        }
        Optional<Offer> offer = refusal.get().reason() == FailureReason.NOT_FOUND
                ? foreign.find(blob.repository(), blob.digest())
                : Optional.empty();
        return offer.isPresent() ? Optional.of(offered(offer.get())) : Optional.empty();
    }

    private static Optional<OriginException> refusal(Exception failure) {
        return switch (failure) {
            case OriginException refusal -> Optional.of(refusal);
            case ContentException content when content
                    .end() instanceof FillOutcome.OriginFailed(OriginException refusal) ->
                Optional.of(refusal);
            default -> Optional.empty();
        };
    }

    private BlobGrant unproven(Route.Blob blob) {
        return new BlobGrant(() -> origin(blob), OptionalLong.empty(), Basis.UNPROVEN);
    }

    private BlobGrant grant(Route.Blob blob, Link link, Basis basis) {
        return new BlobGrant(() -> origin(blob), link.size(), basis);
    }

    private static BlobGrant offered(Offer offer) throws ForeignRefusedException {
        BlobOrigin origin = offer.origin();
        return new BlobGrant(() -> origin, OptionalLong.of(offer.size()), Basis.OFFERED);
    }

    private BlobOrigin origin(Route.Blob blob) {
        return new RegistryOrigin(blob.repository(), blob.digest(),
                () -> registry(blob).blob(blob.repository(), blob.digest()));
    }

    private Registry registry(Route.Blob blob) {
        return registries.registry(blob.repository().registry());
    }

    private static Links.Held held(Route.Blob blob) {
        return new Links.Held(blob.repository(), ContentKind.BLOB, blob.digest());
    }

    /**
     * The registry as the origin of a blob. It builds the upstream request when a fill opens it, so that a hit builds none. All
     * transfers share one upstream origin. Safe for use by several threads.
     */
    static final class RegistryOrigin implements BlobOrigin {

        private final Repository repository;
        private final Digest digest;
        private final Supplier<BlobOrigin> upstream;
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable BlobOrigin opened;

        RegistryOrigin(Repository repository, Digest digest, Supplier<BlobOrigin> upstream) {
            this.repository = repository;
            this.digest = digest;
            this.upstream = upstream;
        }

        @Override
        public Repository repository() {
            return repository;
        }

        @Override
        public Transfer open(ByteRange wanted) throws OriginException, InterruptedException {
            return upstream().open(wanted);
        }

        private BlobOrigin upstream() {
            lock.lock();
            try {
                BlobOrigin known = opened == null ? upstream.get() : opened;
                opened = known;
                return known;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public String toString() {
            return repository + "@" + digest;
        }
    }
}
