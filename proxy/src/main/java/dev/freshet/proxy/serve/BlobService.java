package dev.freshet.proxy.serve;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.fill.Availability;
import dev.freshet.cache.fill.Content;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.ContentException;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.fill.Lookup;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.OriginFailure;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.error.Errors;
import dev.freshet.proxy.range.RangeSet;
import dev.freshet.proxy.range.Selection;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.serve.ForeignLayers.Offer;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.registry.Registry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves blobs: bytes are kept by digest, permission by repository. A blob that is here, or on its way, is served for a
 * repository only if the catalog links them; without a link the upstream is asked whether this repository holds it, and
 * its word becomes the link. Nobody gets another repository's layer because the cache happens to have it.
 *
 * <p>What a manifest lists with URLs, and the upstream does not have, comes from these ({@link ForeignLayers}).
 */
final class BlobService {

    private static final Logger LOG = LoggerFactory.getLogger(BlobService.class);

    /** Clients wait 20 s for a head and more; by then they must have an answer. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(15);

    private final Registries registries;
    private final ContentCache cache;
    private final Links links;
    private final ForeignLayers foreign;
    private final PullListener pulls;
    private final SharedCalls<Asked, OptionalLong> probes = new SharedCalls<>();
    private final SharedCalls<Asked, OptionalLong> confirmations = new SharedCalls<>();

    BlobService(Registries registries, ContentCache cache, Links links, ForeignLayers foreign, PullListener pulls) {
        this.foreign = foreign;
        this.registries = registries;
        this.cache = cache;
        this.links = links;
        this.pulls = pulls;
    }

    private record Asked(Repository repository, Digest digest) {}

    /** Finds, joins or begins. */
    Answer serve(Route.Blob route, RangeSet ranges)
            throws OriginException, ContentException, InterruptedException {
        Repository repository = route.repository();
        Digest digest = route.digest();
        pulls.wanted(repository, digest);
        Wanted wanted = new Wanted(ranges, ranges.wantsAll());
        Optional<Permission> known = links.find(held(route)).map(link -> new Permission(link, Basis.NOTED));
        if (known.isEmpty()) {
            Optional<Offer> offer = foreign.find(repository, digest);
            if (offer.isPresent()) {
                return serveOffered(route, wanted, offer.get());
            }
            if (cache.has(digest)) {
                known = Optional.of(new Permission(probe(repository, digest), Basis.NOTED));
            }
        }
        try {
            failIfKnownToLack(route, wanted);
            Optional<Permission> now = known.isPresent() ? confirmedIfHere(route, known.get()) : known;
            Answer answer = open(route, wanted, now.map(Permission::link), true);
            return now.isPresent() ? now.get().basis().told(answer) : answer;
        } catch (ContentException | UpstreamException e) {
            if (known.isPresent() && isDenial(route, e)) {
                links.remove(repository, ContentKind.BLOB, Set.of(digest));
            }
            Optional<Offer> offer = isUnknown(e) ? foreign.find(repository, digest) : Optional.empty();
            if (offer.isEmpty()) {
                throw e;
            }
            return openOffered(route, wanted, offer.get(), true);
        }
    }

    /**
     * A link, and what is known of it now.
     *
     * @param basis why it is relied on
     */
    private record Permission(Link link, Basis basis) {}

    /** Why a link is relied on. */
    private enum Basis {

        /** The registry has said so within its TTL. */
        NOTED,
        /** The registry has just said so again. */
        CONFIRMED,
        /** The registry has said so once, and does not answer now. */
        STALE;

        /** The answer, if it comes from the cache, says so. */
        Answer told(Answer answer) {
            return answer instanceof Answer.Blob blob && blob.cacheStatus() == CacheStatus.HIT
                    ? new Answer.Blob(blob.digest(), blob.length(), blob.selection(), blob.content(), switch (this) {
                        case NOTED -> CacheStatus.HIT;
                        case CONFIRMED -> CacheStatus.REVALIDATED;
                        case STALE -> CacheStatus.STALE;
                    })
                    : answer;
        }
    }

    /** As {@link #confirmed}; empty when it has to be, and nothing is here, so that a fill asks the registry in any case. */
    private Optional<Permission> confirmedIfHere(Route.Blob route, Permission known)
            throws OriginException, InterruptedException {
        boolean isReliedOn = switch (links.freshness(route.repository(), known.link())) {
            case FRESH, AGEING -> true;
            case SPARING, STALE, EXPIRED -> false;
        };
        return isReliedOn || !(cache.stock(route.digest()) instanceof Availability.Missing)
                ? Optional.of(confirmed(route, known))
                : Optional.empty();
    }

    /**
     * Has the registry asked when it has not said for long that the repository holds the blob. A little past the TTL that is
     * left to the request for a manifest, which confirms all that it names at once.
     *
     * @throws UpstreamException if the registry says no, or nothing for too long
     */
    private Permission confirmed(Route.Blob route, Permission known) throws OriginException, InterruptedException {
        Repository repository = route.repository();
        return switch (links.freshness(repository, known.link())) {
            case FRESH, AGEING -> known;
            case SPARING, STALE -> confirmed(route, known, true);
            case EXPIRED -> confirmed(route, known, false);
        };
    }

    private Permission confirmed(Route.Blob route, Permission known, boolean mayBeStale)
            throws OriginException, InterruptedException {
        try {
            OptionalLong size = confirmations.get(new Asked(route.repository(), route.digest()),
                    () -> registry(route.repository()).probeBlob(route.repository(), route.digest(),
                            ManifestService.PATIENCE_WITH_STALE))
                    .value();
            Link again = size.isPresent() ? new Link(ContentKind.BLOB, known.link().mediaType(), size) : known.link();
            links.put(route.repository(), Map.of(route.digest(), again));
            return new Permission(again, Basis.CONFIRMED);
        } catch (UpstreamException e) {
            if (!mayBeStale || !registries.mayServeStale(route.repository().registry(), e)) {
                throw e;
            }
            LOG.atLevel(ManifestService.levelOf(e))
                    .log("serving {}, though whether its repository holds it is not confirmed: {}", held(route),
                            e.getMessage());
            return new Permission(known.link(), Basis.STALE);
        }
    }

    private static Links.Held held(Route.Blob route) {
        return new Links.Held(route.repository(), ContentKind.BLOB, route.digest());
    }

    /** Begins no fill when the registry has just said that there is nothing to fetch. Some ranges may be here all the same. */
    private void failIfKnownToLack(Route.Blob route, Wanted wanted) throws UpstreamException {
        Optional<UpstreamException> absence = wanted.all()
                ? registry(route.repository()).absence(route.repository(), route.digest())
                : Optional.empty();
        if (absence.isPresent() && !cache.has(route.digest())) {
            throw absence.get();
        }
    }

    /** Whether the registry does not have it, though it, or a manifest, has said so before. */
    private static boolean isUnknown(Exception failure) {
        return refusal(failure).filter(cause -> cause.failure() == OriginFailure.NOT_FOUND).isPresent();
    }

    /** Whether the registry has said that the repository does not hold it, or that it is not for us. */
    private boolean isDenial(Route.Blob route, Exception failure) {
        return refusal(failure).filter(cause -> cause instanceof UpstreamException upstream
                && registries.isDenial(route.repository().registry(), upstream)).isPresent();
    }

    private static Optional<OriginException> refusal(Exception failure) {
        return switch (failure) {
            case OriginException refusal -> Optional.of(refusal);
            case ContentException content when content.end() instanceof FillOutcome.Refused(OriginException refusal) ->
                Optional.of(refusal);
            default -> Optional.empty();
        };
    }

    /** The registry comes first, unless what is here, or on its way, is of the URLs. */
    private Answer serveOffered(Route.Blob route, Wanted wanted, Offer offer)
            throws OriginException, ContentException, InterruptedException {
        Optional<Link> link = offer.isIn(cache) ? Optional.empty() : probeUnlessUnknown(route);
        return link.isPresent() ? open(route, wanted, link, true) : openOffered(route, wanted, offer, true);
    }

    /** @param mayRejoin whether a fill from elsewhere that has led into a failure may be followed by one more */
    private Answer openOffered(Route.Blob route, Wanted wanted, Offer offer, boolean mayRejoin)
            throws OriginException, ContentException, InterruptedException {
        Reopening whole = all -> openOffered(route, all, offer, mayRejoin);
        Lookup lookup = cache.open(route.digest(), OptionalLong.of(offer.size()), wanted.all(), offer.origin());
        return switch (lookup) {
            case Lookup.Stored(Content content) -> opened(route, wanted, whole, content, false);
            case Lookup.Started(Content content) -> opened(route, wanted, whole, content, false);
            case Lookup.Joined(Content content, Repository leader) -> {
                try {
                    yield opened(route, wanted, whole, content, true);
                } catch (ContentException e) {
                    if (!mayRejoin || leader.equals(route.repository()) || !isOfItsOrigin(e)) {
                        throw e;
                    }
                    yield openOffered(route, wanted, offer, false);
                }
            }
            case Lookup.Rejected() -> new Answer.Failure(Errors.busy(), CacheStatus.PASSED);
        };
    }

    /**
     * What a client wants.
     *
     * @param all whether its ranges come to the whole, so that the last bytes wait for the digest
     */
    private record Wanted(RangeSet ranges, boolean all) {}

    /** Answers anew, with all that is wanted. */
    private interface Reopening {

        Answer open(Wanted whole) throws OriginException, ContentException, InterruptedException;
    }

    /** @param mayRejoin whether a fill that another repository has led into a failure may be followed by one more */
    private Answer open(Route.Blob route, Wanted wanted, Optional<Link> link, boolean mayRejoin)
            throws OriginException, ContentException, InterruptedException {
        Repository repository = route.repository();
        Digest digest = route.digest();
        boolean linked = link.isPresent();
        Reopening whole = all -> open(route, all, link, true);
        Lookup lookup = cache.open(digest, link.map(Link::size).orElse(OptionalLong.empty()), wanted.all(),
                registry(repository).blob(repository, digest));
        return switch (lookup) {
            case Lookup.Stored(Content content) when linked -> opened(route, wanted, whole, content, false);
            case Lookup.Joined(Content content, Repository leader) when linked -> {
                try {
                    yield opened(route, wanted, whole, content, true);
                } catch (ContentException e) {
                    if (!mayRejoin || leader.equals(repository) || !isOfItsOrigin(e)) {
                        throw e;
                    }
                    yield open(route, wanted, link, false);
                }
            }
            case Lookup.Started(Content content) -> {
                Answer answer = opened(route, wanted, whole, content, false);
                if (!linked && answer instanceof Answer.Blob blob) {
                    keep(repository, digest, blob.length());
                }
                yield answer;
            }
            case Lookup.Stored(Content content) -> {
                content.close();
                yield again(route, wanted);
            }
            case Lookup.Joined(Content content, Repository leader) -> {
                content.close();
                yield again(route, wanted);
            }
            case Lookup.Rejected() -> new Answer.Failure(Errors.busy(), CacheStatus.PASSED);
        };
    }

    /** Somebody else began the fill in between: now the permission has to be asked for. */
    private Answer again(Route.Blob route, Wanted wanted)
            throws OriginException, ContentException, InterruptedException {
        return open(route, wanted, Optional.of(probe(route.repository(), route.digest())), true);
    }

    /** What is known of it; ranges are for GET only (RFC 9110, section 14.2). */
    Answer head(Route.Blob route) throws OriginException, ContentException, InterruptedException {
        Repository repository = route.repository();
        Digest digest = route.digest();
        Optional<Permission> held = links.find(held(route)).map(link -> new Permission(link, Basis.NOTED));
        Optional<Offer> offer = held.isPresent() ? Optional.empty() : foreign.find(repository, digest);
        if (held.isPresent()) {
            try {
                Permission now = confirmed(route, held.get());
                return now.basis().told(headOfHeld(route, now.link()));
            } catch (UpstreamException e) {
                if (isDenial(route, e)) {
                    links.remove(repository, ContentKind.BLOB, Set.of(digest));
                }
                offer = isUnknown(e) ? foreign.find(repository, digest) : Optional.empty();
                if (offer.isEmpty()) {
                    throw e;
                }
            }
        }
        Optional<Link> link = Optional.empty();
        if (offer.isPresent() && !offer.get().isIn(cache)) {
            link = probeUnlessUnknown(route);
        }
        if (offer.isPresent() && link.isEmpty()) {
            offer.get().origin();
            Optional<Lookup> found = offer.get().isDelivered() ? cache.find(digest) : Optional.empty();
            return found.isPresent()
                    ? headOf(digest, found.get(), OptionalLong.empty())
                    : headOf(digest, OptionalLong.of(offer.get().size()));
        }
        return headOfHeld(route, link.isPresent() ? link.get() : probe(repository, digest));
    }

    private Answer headOfHeld(Route.Blob route, Link known)
            throws OriginException, ContentException, InterruptedException {
        Digest digest = route.digest();
        Optional<Lookup> found = cache.find(digest);
        return found.isPresent()
                ? headOf(digest, found.get(), known.size())
                : headOf(digest, known.size().isPresent() ? known.size() : probe(route.repository(), digest).size());
    }

    /** A fill that may be of another upstream, and silent, is not waited for when the length is known. */
    private static Answer headOf(Digest digest, Lookup found, OptionalLong known)
            throws ContentException, InterruptedException {
        try (Content content = content(found)) {
            OptionalLong length = found instanceof Lookup.Joined && known.isPresent()
                    ? known
                    : content.awaitLength(HEAD_TIMEOUT);
            CacheStatus status = CacheStatus.of(content, found instanceof Lookup.Joined);
            return new Answer.Blob(digest, length, new Selection.Whole(), Optional.empty(), status);
        }
    }

    private static Answer headOf(Digest digest, OptionalLong size) {
        return new Answer.Blob(digest, size, new Selection.Whole(), Optional.empty(), CacheStatus.PASSED);
    }

    /** The answer, as soon as its head is known; ranges that turn out to come to the whole are opened as such. */
    private Answer opened(Route.Blob route, Wanted wanted, Reopening whole, Content content, boolean joined)
            throws OriginException, ContentException, InterruptedException {
        boolean answered = false;
        try {
            OptionalLong length = content.awaitLength(HEAD_TIMEOUT);
            Selection given = length.isPresent() ? wanted.ranges().within(length.getAsLong()) : new Selection.Whole();
            if (wanted.all() || !given.coversAll(length.orElse(0))) {
                if (!wanted.all() && given instanceof Selection.Parts(List<ByteRange> parts)) {
                    content.want(parts);
                    content.awaitAnswer();
                }
                CacheStatus status = CacheStatus.of(content, joined);
                answered = true;
                return new Answer.Blob(route.digest(), length, given, Optional.of(content), status);
            }
        } finally {
            if (!answered) {
                content.close();
            }
        }
        return whole.open(new Wanted(wanted.ranges(), true));
    }

    /** Asks the upstream whether this repository holds the blob, and keeps its word. */
    private Link probe(Repository repository, Digest digest)
            throws OriginException, InterruptedException {
        OptionalLong size = probes.get(new Asked(repository, digest),
                () -> registry(repository).probeBlob(repository, digest)).value();
        return keep(repository, digest, size);
    }

    /** As {@link #probe}; empty when the upstream says that this repository does not hold it. */
    private Optional<Link> probeUnlessUnknown(Route.Blob route) throws OriginException, InterruptedException {
        try {
            return Optional.of(probe(route.repository(), route.digest()));
        } catch (UpstreamException e) {
            if (e.kind() == UpstreamException.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Link keep(Repository repository, Digest digest, OptionalLong size) {
        Link link = new Link(ContentKind.BLOB, "", size);
        links.put(repository, Map.of(digest, link));
        return link;
    }

    private static boolean isOfItsOrigin(ContentException failure) {
        FillOutcome end = failure.end();
        return end != null && end.isOfItsOrigin();
    }

    private Registry registry(Repository repository) {
        return registries.registry(repository.registry());
    }

    private static Content content(Lookup lookup) {
        return switch (lookup) {
            case Lookup.Stored(Content content) -> content;
            case Lookup.Joined(Content content, Repository leader) -> content;
            case Lookup.Started(Content content) -> content;
            case Lookup.Rejected() -> throw new IllegalStateException("nothing was begun that could be declined");
        };
    }
}
