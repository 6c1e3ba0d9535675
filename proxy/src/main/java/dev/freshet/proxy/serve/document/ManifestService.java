package dev.freshet.proxy.serve.document;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.Question;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.answer.Answer;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.serve.document.ManifestStore.Kept;
import dev.freshet.proxy.serve.repository.Facts;
import dev.freshet.proxy.serve.repository.ForeignLayers;
import dev.freshet.proxy.serve.repository.Links;
import dev.freshet.proxy.serve.repository.PullListener;
import dev.freshet.proxy.serve.repository.Registries;
import dev.freshet.proxy.serve.repository.SharedCalls;
import dev.freshet.proxy.serve.repository.SharedCalls.Outcome;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.document.ManifestCalls.ManifestHead;
import dev.freshet.proxy.upstream.registry.Registry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service for manifests. By digest, a manifest never changes; after the TTL of links Freshet asks the registry with HEAD
 * whether the repository still holds it, at first beside the request. By tag, a manifest is good for the tag's TTL; then
 * Freshet asks with HEAD, which is cheap and at Docker Hub free, and fetches only a tag that has moved, or one for which the
 * answer to HEAD is not trusted. While the registry's rate limit is nearly used up, tags are good for longer. While the
 * registry does not answer, the last known manifest is served within the bound of staleness.
 */
public final class ManifestService {

    private static final Logger LOG = LoggerFactory.getLogger(ManifestService.class);

    /** How long a client waits where the registry has said that there is a newer manifest. */
    private static final Duration PATIENCE_FOR_NEWER = Duration.ofSeconds(10);

    private final Registries registries;
    private final ManifestStore store;
    private final Facts facts;
    private final Links links;
    private final ImageUse images;
    private final PullListener pulls;
    private final InstantSource clock;
    private final SharedCalls<Want, Found> calls = new SharedCalls<>();
    private final SharedCalls<Links.Held, Optional<Kept>> confirmations = new SharedCalls<>();

    /** @param events receives failures of the catalog, which fail no request */
    public ManifestService(Registries registries, SmallContents contents, ImageUse images, Facts facts, Links links,
            ForeignLayers foreign, Consumer<Event> events, PullListener pulls, InstantSource clock) {
        this.registries = registries;
        this.store = new ManifestStore(contents, facts, links, images, foreign, events);
        this.facts = facts;
        this.links = links;
        this.images = images;
        this.pulls = pulls;
        this.clock = clock;
    }

    /**
     * A manifest that is asked for.
     *
     * @param accept everything, unless it is a tag whose manifest, as it is otherwise, is not taken
     */
    private record Want(Repository repository, Reference reference, Accept accept, boolean headOnly) {

        /** The same by digest, of which there is one. */
        Want by(Digest digest) {
            return new Want(repository, digest, Accept.EVERYTHING, headOnly);
        }

        @Override
        public String toString() {
            return new ImageReference(repository, reference)
                    + (accept.equals(Accept.EVERYTHING) ? "" : " as " + accept);
        }
    }

    /**
     * A manifest to serve.
     *
     * @param known what its tag was last confirmed to mean; empty unless that is relied on
     */
    private record Found(Kept manifest, CacheStatus status, Optional<TagEntry> known) {

        Found(Kept manifest, CacheStatus status) {
            this(manifest, status, Optional.empty());
        }
    }

    /** Finds or fetches a manifest. */
    public Answer serve(Route.Manifest route, boolean headOnly) throws OriginException, InterruptedException {
        Found found = find(route, headOnly);
        Kept manifest = found.manifest();
        boolean isWhole = images.use(manifest.stored());
        if (!headOnly && !isWhole) {
            manifest.body()
                    .ifPresent(body -> pulls.servedInPart(route.repository(), manifest.digest(), body));
        }
        return answer(found, headOnly, isOfTheCache(found.status()) && !isWhole);
    }

    /** Answers as {@link #serve}, without counting the image as used, and without checking whether it is stored. */
    public Answer look(Route.Manifest route) throws OriginException, InterruptedException {
        return answer(find(route, false), false, false);
    }

    /**
     * Finds one that the client takes. One of a tag whose type it does not take is asked for once more, as this client would:
     * the answer of its registry is kept separately. A digest has no other representation.
     */
    private Found find(Route.Manifest route, boolean headOnly) throws OriginException, InterruptedException {
        Found usual = find(new Want(route.repository(), route.reference(), Accept.EVERYTHING, headOnly));
        return route.reference() instanceof Digest || route.accept().takes(usual.manifest().mediaType())
                ? usual
                : find(new Want(route.repository(), route.reference(), route.accept(), headOnly));
    }

    private Found find(Want want) throws OriginException, InterruptedException {
        Optional<Found> known = fresh(want);
        if (known.isPresent()) {
            return known.get();
        }
        Outcome<Found> outcome = calls.get(want, () -> ask(want));
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
            case NEGATIVE, ABSENT, MISS, PARTIAL, COLLAPSED, PASSED, NONE -> false;
        };
    }

    private Optional<Found> fresh(Want want) {
        return switch (want.reference()) {
            case Digest digest -> permitted(want, digest).map(manifest -> new Found(manifest, CacheStatus.HIT));
            case Tag tag -> entry(want, tag).flatMap(known -> unasked(freshness(want, tag, known))
                    .flatMap(status -> permitted(want, known.digest())
                            .map(manifest -> new Found(manifest, status, Optional.of(known)))));
        };
    }

    /** How the cache is used for a tag that is served without asking; empty when its registry is to be asked. */
    private static Optional<CacheStatus> unasked(Freshness freshness) {
        return switch (freshness) {
            case FRESH, AGEING -> Optional.of(CacheStatus.HIT);
            case SPARING -> Optional.of(CacheStatus.SPARED);
            case STALE, EXPIRED -> Optional.empty();
        };
    }

    private Optional<Kept> kept(Want want, Digest digest) {
        Optional<Kept> head = want.headOnly() ? store.findHead(want.repository(), digest) : Optional.empty();
        return head.isPresent()
                ? head
                : store.find(want.repository(), digest).or(() -> told(want, digest));
    }

    /** An answer to HEAD counts as long as its tag; by digest Freshet asks each time, until a GET has verified it. */
    private Optional<Kept> told(Want want, Digest digest) {
        return want.headOnly() && want.reference() instanceof Tag
                ? store.told(want.repository(), digest)
                : Optional.empty();
    }

    /** The kept manifest, if a link allows it; an ageing link is confirmed beside the request. */
    private Optional<Kept> permitted(Want want, Digest digest) {
        return switch (permission(want, digest)) {
            case FRESH -> kept(want, digest);
            case AGEING -> {
                Optional<Kept> kept = kept(want, digest);
                kept.ifPresent(known -> links.confirmBeside(held(want, digest),
                        () -> confirm(want.by(digest), digest)));
                yield kept;
            }
            case SPARING, STALE, EXPIRED -> told(want, digest);
        };
    }

    /** How far the repository may be relied on to hold a manifest; as expired when it is not known to. */
    private Freshness permission(Want want, Digest digest) {
        return links.find(held(want, digest)).map(link -> links.freshness(want.repository(), link))
                .orElse(Freshness.EXPIRED);
    }

    private static Links.Held held(Want want, Digest digest) {
        return new Links.Held(want.repository(), ContentKind.MANIFEST, digest);
    }

    /**
     * Asks whether the repository still holds a manifest, for all who want to know, and notes the answer.
     *
     * @return the manifest, where it had to be fetched for that
     */
    private Optional<Kept> confirm(Want byDigest, Digest digest) throws OriginException, InterruptedException {
        return confirmations.get(held(byDigest, digest), () -> {
            try {
                Optional<ManifestHead> head = headOfKnown(byDigest, Registries.PATIENCE_WITH_STALE);
                if (head.isPresent() && head.get().digest().equals(digest)) {
                    store.confirmed(byDigest.repository(), digest);
                    return Optional.<Kept>empty();
                }
                return Optional.of(fetch(byDigest, PATIENCE_FOR_NEWER).manifest());
            } catch (UpstreamException e) {
                if (registries.isDenial(byDigest.repository().registry(), e)) {
                    store.withdrawn(byDigest.repository(), digest);
                }
                throw e;
            }
        }).value();
    }

    /** By digest: confirms what is kept, or serves it stale, or fetches. */
    private Found reconfirm(Want byDigest, Digest digest) throws OriginException, InterruptedException {
        Optional<Kept> kept = kept(byDigest, digest);
        if (kept.isEmpty()) {
            return askNew(byDigest);
        }
        try {
            return confirm(byDigest, digest).map(fetched -> new Found(fetched, CacheStatus.MISS))
                    .orElse(new Found(kept.get(), CacheStatus.REVALIDATED));
        } catch (UpstreamException e) {
            if (!mayServeStale(byDigest, e) || permission(byDigest, digest) == Freshness.EXPIRED) {
                throw e;
            }
            LOG.atLevel(Registries.levelOf(e)).log(
                    "serving {}, though whether its repository holds it is not confirmed: {}",
                    byDigest, e.getMessage());
            return new Found(kept.get(), CacheStatus.STALE);
        }
    }

    /** Asks, unless another call has ended with an answer since this one's client looked. */
    private Found ask(Want want) throws OriginException, InterruptedException {
        Optional<Found> known = fresh(want);
        if (known.isPresent()) {
            return known.get();
        }
        return switch (want.reference()) {
            case Digest digest -> reconfirm(want, digest);
            case Tag tag -> {
                Optional<TagEntry> entry = entry(want, tag);
                yield entry.isEmpty() ? confirmed(want, tag, askNew(want)) : askKnown(want, tag, entry.get());
            }
        };
    }

    private Found askNew(Want want) throws OriginException, InterruptedException {
        Duration whole = registry(want).manifestTimeout();
        return found(want, want.headOnly() ? head(want, whole) : Optional.empty(), whole);
    }

    private Found confirmed(Want want, Tag tag, Found found) {
        confirm(want, tag, found.manifest().digest());
        return found;
    }

    private Found askKnown(Want want, Tag tag, TagEntry entry) throws OriginException, InterruptedException {
        try {
            return freshness(want, tag, entry) == Freshness.FRESH && !want.headOnly()
                    ? fetchKnown(want, tag, entry)
                    : revalidate(want, tag, entry);
        } catch (UpstreamException e) {
            Optional<Kept> stale = mayServeStale(want, e) && freshness(want, tag, entry) != Freshness.EXPIRED
                    ? permission(want, entry.digest()) == Freshness.EXPIRED
                            ? told(want, entry.digest())
                            : kept(want, entry.digest())
                    : Optional.empty();
            if (stale.isPresent()) {
                LOG.atLevel(Registries.levelOf(e)).log("serving {} as it was at {}: {}", want, entry.confirmedAt(),
                        e.getMessage());
                return new Found(stale.get(), CacheStatus.STALE, Optional.of(entry));
            }
            if (e.reason() == FailureReason.NOT_FOUND && e.isItsWord()) {
                forget(want, tag);
            }
            throw e;
        }
    }

    /**
     * A tag was confirmed, and its manifest never fetched, or not confirmed for long: it is by digest, unless the tag has moved
     * since.
     */
    private Found fetchKnown(Want want, Tag tag, TagEntry entry) throws OriginException, InterruptedException {
        try {
            Want byDigest = want.by(entry.digest());
            return kept(want, entry.digest()).isPresent()
                    ? reconfirm(byDigest, entry.digest())
                    : fetch(byDigest);
        } catch (UpstreamException e) {
            return switch (e.reason()) {
                case NOT_FOUND, BAD_ANSWER -> confirmed(want, tag, fetch(want));
                default -> throw e;
            };
        }
    }

    /** Asks with HEAD; empty when a GET has to decide. */
    private Optional<ManifestHead> head(Want want, Duration patience) throws OriginException, InterruptedException {
        return registry(want).manifestHead(want.repository(), want.reference(), want.accept(), patience);
    }

    /** Asks as {@link #head} of a known manifest: only the answer to a GET can withdraw it. */
    private Optional<ManifestHead> headOfKnown(Want want, Duration patience)
            throws OriginException, InterruptedException {
        return registry(want).manifestConfirmation(want.repository(), want.reference(), want.accept(), patience);
    }

    private Found revalidate(Want want, Tag tag, TagEntry entry) throws OriginException, InterruptedException {
        Optional<Kept> kept = kept(want, entry.digest());
        Duration whole = registry(want).manifestTimeout();
        Optional<ManifestHead> head = headOfKnown(want, kept.isPresent() ? Registries.PATIENCE_WITH_STALE : whole);
        if (kept.isPresent() && head.isPresent() && head.get().digest().equals(entry.digest())) {
            confirm(want, tag, entry.digest());
            store.confirmed(want.repository(), entry.digest());
            return new Found(kept.get(), CacheStatus.REVALIDATED);
        }
        Found found = confirmed(want, tag, found(want, head, kept.isPresent() ? PATIENCE_FOR_NEWER : whole));
        return kept.isPresent() && found.manifest().digest().equals(entry.digest())
                ? new Found(found.manifest(), CacheStatus.REVALIDATED)
                : found;
    }

    /** The answer to HEAD, where it is sufficient; otherwise the answer to GET. */
    private Found found(Want want, Optional<ManifestHead> head, Duration patience)
            throws OriginException, InterruptedException {
        Optional<Kept> told = head
                .filter(known -> want.headOnly()
                        && (want.reference() instanceof Tag || known.digest().equals(want.reference())))
                .flatMap(known -> store.keepHead(want.repository(), known));
        return told.isPresent() ? new Found(told.get(), CacheStatus.PASSED) : fetch(want, patience);
    }

    private Found fetch(Want want) throws OriginException, InterruptedException {
        return fetch(want, registry(want).manifestTimeout());
    }

    private Found fetch(Want want, Duration patience) throws OriginException, InterruptedException {
        return new Found(store.keep(want.repository(),
                registry(want).manifest(want.repository(), want.reference(), want.accept(), patience)),
                CacheStatus.MISS);
    }

    private Optional<TagEntry> entry(Want want, Tag tag) {
        return want.accept().equals(Accept.EVERYTHING)
                ? facts.tag(want.repository(), tag)
                : facts.answer(want.repository(), variant(want, tag));
    }

    private void confirm(Want want, Tag tag, Digest digest) {
        TagEntry entry = new TagEntry(digest, Instant.ofEpochMilli(clock.millis()));
        if (want.accept().equals(Accept.EVERYTHING)) {
            facts.putTag(want.repository(), tag, entry);
        } else {
            facts.putAnswer(want.repository(), variant(want, tag), entry);
        }
    }

    private void forget(Want want, Tag tag) {
        if (want.accept().equals(Accept.EVERYTHING)) {
            facts.removeTag(want.repository(), tag);
        } else {
            facts.removeAnswer(want.repository(), variant(want, tag));
        }
    }

    private static Question variant(Want want, Tag tag) {
        return new Question.Variant(tag, want.accept().digest());
    }

    private Freshness freshness(Want want, Tag tag, TagEntry entry) {
        return Freshness.of(clock.instant(), tag, entry, registries.tagPolicy(want.repository().registry()),
                registry(want).limits().budget());
    }

    private Registry registry(Want want) {
        return registries.registry(want.repository().registry());
    }

    private boolean mayServeStale(Want want, UpstreamException failure) {
        return registries.mayServeStale(want.repository().registry(), failure);
    }
}
