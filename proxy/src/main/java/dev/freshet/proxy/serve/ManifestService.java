package dev.freshet.proxy.serve;

import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.serve.ManifestShelf.Kept;
import dev.freshet.proxy.serve.SharedCalls.Outcome;
import dev.freshet.proxy.upstream.ManifestHead;
import dev.freshet.proxy.upstream.Registry;
import dev.freshet.proxy.upstream.UpstreamException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves manifests. By digest, what is kept is good for ever. By tag, it is good for the tag's TTL; after that the
 * registry is asked with HEAD, which is cheap and at Docker Hub free, and only a tag that has moved is fetched. While the
 * registry may be asked little more, tags are good for longer. When it does not answer, what was last known is served within
 * the bound of staleness.
 */
final class ManifestService {

    private static final Logger LOG = LoggerFactory.getLogger(ManifestService.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** With something to serve all the same, nobody should wait long for a registry that says nothing. */
    private static final Duration PATIENCE_WITH_STALE = Duration.ofSeconds(5);

    private final Registries registries;
    private final ManifestShelf shelf;
    private final Facts facts;
    private final Images images;
    private final PullListener pulls;
    private final InstantSource clock;
    private final SharedCalls<Call, Found> calls = new SharedCalls<>();

    ManifestService(Registries registries, ManifestShelf shelf, Facts facts, Images images, PullListener pulls,
            InstantSource clock) {
        this.registries = registries;
        this.shelf = shelf;
        this.facts = facts;
        this.images = images;
        this.pulls = pulls;
        this.clock = clock;
    }

    private record Call(ImageReference image, boolean headOnly) {}

    /**
     * What there is to serve.
     *
     * @param known what its tag was last confirmed to mean; empty unless that is relied on
     */
    private record Found(Kept manifest, CacheStatus status, Optional<TagEntry> known) {

        Found(Kept manifest, CacheStatus status) {
            this(manifest, status, Optional.empty());
        }
    }

    /** Finds or fetches a manifest. */
    Answer serve(Route.Manifest route, boolean headOnly) throws OriginException, InterruptedException {
        Found found = find(route, headOnly);
        Kept manifest = found.manifest();
        boolean isWhole = images.use(manifest.digest());
        if (!headOnly && !isWhole) {
            manifest.body()
                    .ifPresent(body -> pulls.servedInPart(route.repository(), manifest.digest(), body));
        }
        return answer(found, headOnly, isOfTheCache(found.status()) && !isWhole);
    }

    /** As {@link #serve}, for whoever only looks at it; whether its image is stored is not looked at. */
    Answer look(Route.Manifest route) throws OriginException, InterruptedException {
        return answer(find(route, false), false, false);
    }

    private Found find(Route.Manifest route, boolean headOnly) throws OriginException, InterruptedException {
        Repository repository = route.repository();
        Optional<Found> known = fresh(repository, route.reference(), headOnly);
        if (known.isPresent()) {
            return known.get();
        }
        Call call = new Call(new ImageReference(repository, route.reference()), headOnly);
        Outcome<Found> outcome = calls.get(call, () -> ask(repository, route.reference(), headOnly));
        Found found = outcome.value();
        boolean collapsed = outcome.shared() && found.status() == CacheStatus.MISS;
        return collapsed ? new Found(found.manifest(), CacheStatus.COLLAPSED) : found;
    }

    private Answer answer(Found found, boolean headOnly, boolean partlyStored) {
        Kept manifest = found.manifest();
        return new Answer.Manifest(manifest.digest(), manifest.mediaType(), manifest.length(),
                headOnly ? Optional.empty() : manifest.body(), found.status(), partlyStored,
                found.known().map(entry -> Freshness.age(clock.instant(), entry)));
    }

    /** Whether it would have been served without the upstream: of what was just fetched, nothing more can be stored. */
    private static boolean isOfTheCache(CacheStatus status) {
        return switch (status) {
            case HIT, STALE, SPARED, REVALIDATED -> true;
            case NEGATIVE, MISS, PARTIAL, COLLAPSED, PASSED, NONE -> false;
        };
    }

    private Optional<Found> fresh(Repository repository, Reference reference, boolean headOnly) {
        return switch (reference) {
            case Digest digest ->
                kept(repository, digest, headOnly).map(manifest -> new Found(manifest, CacheStatus.HIT));
            case Tag tag -> facts.tag(repository, tag)
                    .flatMap(known -> unasked(freshness(repository, tag, known))
                            .flatMap(status -> kept(repository, known.digest(), headOnly)
                                    .map(manifest -> new Found(manifest, status, Optional.of(known)))));
        };
    }

    /** How the cache is used for a tag that is served without asking; empty when its registry is to be asked. */
    private static Optional<CacheStatus> unasked(Freshness freshness) {
        return switch (freshness) {
            case FRESH -> Optional.of(CacheStatus.HIT);
            case SPARING -> Optional.of(CacheStatus.SPARED);
            case STALE, EXPIRED -> Optional.empty();
        };
    }

    private Optional<Kept> kept(Repository repository, Digest digest, boolean headOnly) {
        Optional<Kept> head = headOnly ? shelf.findHead(repository, digest) : Optional.empty();
        return head.isPresent() ? head : shelf.find(repository, digest);
    }

    /** Asks, unless another call has ended with an answer since this one's client looked. */
    private Found ask(Repository repository, Reference reference, boolean headOnly)
            throws OriginException, InterruptedException {
        Optional<Found> known = fresh(repository, reference, headOnly);
        if (known.isPresent()) {
            return known.get();
        }
        return switch (reference) {
            case Digest digest -> headOnly ? fetchHead(repository, digest) : fetch(repository, digest);
            case Tag tag -> {
                Optional<TagEntry> entry = facts.tag(repository, tag);
                yield entry.isEmpty()
                        ? askNew(repository, tag, headOnly)
                        : askKnown(repository, tag, entry.get(), headOnly);
            }
        };
    }

    private Found askNew(Repository repository, Tag tag, boolean headOnly)
            throws OriginException, InterruptedException {
        Found found = headOnly ? fetchHead(repository, tag) : fetch(repository, tag);
        confirm(repository, tag, found.manifest().digest());
        return found;
    }

    private Found askKnown(Repository repository, Tag tag, TagEntry entry, boolean headOnly)
            throws OriginException, InterruptedException {
        try {
            return freshness(repository, tag, entry) == Freshness.FRESH
                    ? fetchKnown(repository, tag, entry, headOnly)
                    : revalidate(repository, tag, entry, headOnly);
        } catch (UpstreamException e) {
            Optional<Kept> stale = mayServeStale(e) && freshness(repository, tag, entry) != Freshness.EXPIRED
                    ? kept(repository, entry.digest(), headOnly)
                    : Optional.empty();
            if (stale.isPresent()) {
                LOG.warn("serving {}:{} as it was at {}: {}", repository, tag, entry.confirmedAt(), e.getMessage());
                return new Found(stale.get(), CacheStatus.STALE, Optional.of(entry));
            }
            if (e.kind() == UpstreamException.Kind.NOT_FOUND) {
                facts.removeTag(repository, tag);
            }
            throw e;
        }
    }

    /** A tag was confirmed, and its manifest never fetched: it is by digest, unless the tag has moved since. */
    private Found fetchKnown(Repository repository, Tag tag, TagEntry entry, boolean headOnly)
            throws OriginException, InterruptedException {
        try {
            return fetch(repository, entry.digest());
        } catch (UpstreamException e) {
            return switch (e.kind()) {
                case NOT_FOUND, BAD_ANSWER -> askNew(repository, tag, headOnly);
                case UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, AGAINST_RULES, UNREACHABLE, STALLED, SERVER_ERROR,
                        SIGNED_URL_REFUSED ->
                    throw e;
            };
        }
    }

    /** Asks with HEAD; empty when this registry, or where it redirects to, does not answer that as it answers GET. */
    private Optional<ManifestHead> head(Repository repository, Reference reference, Duration patience)
            throws OriginException, InterruptedException {
        try {
            return registry(repository).manifestHead(repository, reference, patience);
        } catch (UpstreamException e) {
            return switch (e.kind()) {
                case BAD_ANSWER, SIGNED_URL_REFUSED -> Optional.empty();
                case NOT_FOUND, UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, AGAINST_RULES, UNREACHABLE, STALLED,
                        SERVER_ERROR ->
                    throw e;
            };
        }
    }

    private Found revalidate(Repository repository, Tag tag, TagEntry entry, boolean headOnly)
            throws OriginException, InterruptedException {
        Optional<ManifestHead> head = head(repository, tag,
                kept(repository, entry.digest(), headOnly).isPresent() ? PATIENCE_WITH_STALE : PATIENCE);
        if (head.isPresent() && head.get().digest().equals(entry.digest())) {
            Optional<Kept> kept = kept(repository, entry.digest(), headOnly);
            if (kept.isPresent()) {
                confirm(repository, tag, entry.digest());
                return new Found(kept.get(), CacheStatus.REVALIDATED);
            }
        }
        return askNew(repository, tag, headOnly);
    }

    private Found fetch(Repository repository, Reference reference) throws OriginException, InterruptedException {
        return new Found(shelf.keep(repository, registry(repository).manifest(repository, reference)),
                CacheStatus.MISS);
    }

    private Found fetchHead(Repository repository, Reference reference)
            throws OriginException, InterruptedException {
        Optional<Kept> head = head(repository, reference, PATIENCE)
                .filter(known -> reference instanceof Tag || known.digest().equals(reference))
                .flatMap(known -> shelf.keepHead(repository, known));
        return head.isPresent() ? new Found(head.get(), CacheStatus.PASSED) : fetch(repository, reference);
    }

    private void confirm(Repository repository, Tag tag, Digest digest) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        facts.putTag(repository, tag, new TagEntry(digest, now));
    }

    private Freshness freshness(Repository repository, Tag tag, TagEntry entry) {
        return Freshness.of(clock.instant(), tag, entry, registries.tagPolicy(repository.registry()),
                registry(repository).limits().budget());
    }

    private Registry registry(Repository repository) {
        return registries.registry(repository.registry());
    }

    /** An upstream that says no is believed; one that cannot say anything is not waited for. */
    static boolean mayServeStale(UpstreamException failure) {
        return switch (failure.kind()) {
            case NOT_FOUND, UNAUTHORIZED, FORBIDDEN -> false;
            case RATE_LIMITED, AGAINST_RULES, UNREACHABLE, STALLED, SERVER_ERROR, SIGNED_URL_REFUSED, BAD_ANSWER ->
                true;
        };
    }
}
