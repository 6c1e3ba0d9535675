package dev.freshet.proxy.serve;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.ContentException;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.answer.Answer;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.Errors;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.range.RangeSet;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.serve.document.ImageUse;
import dev.freshet.proxy.serve.document.ListingService;
import dev.freshet.proxy.serve.document.ManifestService;
import dev.freshet.proxy.serve.document.ReferrersList;
import dev.freshet.proxy.serve.document.SmallContents;
import dev.freshet.proxy.serve.repository.Facts;
import dev.freshet.proxy.serve.repository.ForeignLayers;
import dev.freshet.proxy.serve.repository.Links;
import dev.freshet.proxy.serve.repository.PullListener;
import dev.freshet.proxy.serve.repository.Registries;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way from a route to its answer; failures become answers here. Blocks; safe for use by several threads. */
public final class RegistryService {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryService.class);

    private final ManifestService manifests;
    private final BlobService blobs;
    private final ListingService listings;
    private final Facts facts;
    private final Links links;

    /**
     * @param store keeps manifests
     * @param cache keeps blobs, in the same store
     * @param losses how often the store has lost content so far
     * @param events receives failures of store and catalog, which fail no request
     * @param pulls hears what is asked for
     * @param beside runs what no request waits for, unbounded
     */
    public RegistryService(Registries registries, BlobStore store, ContentCache cache, Catalog catalog,
            LongSupplier losses, Consumer<Event> events, PullListener pulls, InstantSource clock,
            Executor beside) {
        this.facts = new Facts(catalog, events);
        this.links = new Links(registries, facts, beside, clock);
        ForeignLayers foreign = new ForeignLayers(registries, facts);
        SmallContents contents = new SmallContents(store, events);
        ImageUse images = new ImageUse(store, catalog, losses, clock);
        this.manifests = new ManifestService(registries, contents, images, facts, links, foreign, events, pulls,
                clock);
        this.listings = new ListingService(registries, contents, facts, clock);
        this.blobs = new BlobService(registries, cache, links, foreign, pulls);
    }

    /**
     * Answers; never fails. Content in the answer is to be closed by the caller.
     *
     * @param headOnly whether nothing but the head is asked for
     * @param ranges what of a blob is asked for, unless only the head is
     */
    public Answer answer(Route route, boolean headOnly, RangeSet ranges) {
        Answer answer = answered(route, headOnly, ranges);
        return route instanceof Route.Blob blob && answer instanceof Answer.Failure(OciError error, CacheStatus status)
                && error.code() == ErrorCode.BLOB_UNKNOWN && !isListed(blob)
                        ? new Answer.Failure(Errors.unlisted(error), status)
                        : answer;
    }

    /** Whether a manifest that was served for this repository has listed it, or the repository was found to have it. */
    private boolean isListed(Route.Blob blob) {
        return links.isOrWasHeld(new Links.Held(blob.repository(), ContentKind.BLOB, blob.digest()))
                || !facts.foreign(blob.repository(), blob.digest(), 1).isEmpty();
    }

    private Answer answered(Route route, boolean headOnly, RangeSet ranges) {
        return answer(route, () -> switch (route) {
            case Route.Either either -> either(either, headOnly, ranges);
            case Route.Ping ping -> new Answer.Pong();
            case Route.Manifest manifest -> manifests.serve(manifest, headOnly);
            case Route.Blob blob -> headOnly ? blobs.head(blob) : blobs.get(blob, ranges);
            case Route.Tags tags -> listings.tags(tags);
            case Route.Referrers referrers -> listings.referrers(referrers);
            case Route.Unroutable(OciError error) -> new Answer.Failure(error, CacheStatus.NONE);
        });
    }

    /**
     * The content in one of two repositories. By digest both mean the same, and the first that has it gives it; a repository
     * with a link to it comes first. By tag, and of lists, both are asked, and where both are there, none is given; nor where only one has
     * answered, as the other may be there. A GET decides, so that what is not there is known while the registry is away.
     */
    private Answer either(Route.Either either, boolean headOnly, RangeSet ranges) {
        boolean literalFirst = isLinked(either.literal()) && !isLinked(either.stripped());
        Route.OfRepository first = literalFirst ? either.literal() : either.stripped();
        Route.OfRepository second = literalFirst ? either.stripped() : either.literal();
        boolean isContent = digest(first).isPresent() && !(first instanceof Route.Referrers);
        Answer one = answer(first, headOnly && isContent, ranges);
        if (isContent && !(one instanceof Answer.Failure)) {
            return one;
        }
        Answer other = answer(second, headOnly && isContent, ranges);
        if (one instanceof Answer.Failure failure) {
            return other instanceof Answer.Failure of
                    ? ofNeither(failure, of)
                    : ofOne(either, other, failure, isContent);
        }
        if (other instanceof Answer.Failure failure) {
            return ofOne(either, one, failure, isContent);
        }
        return one instanceof Answer.Listing a && other instanceof Answer.Listing b && first instanceof Route.Referrers
                ? ofReferrers(either, a, b)
                : ambiguous(either);
    }

    /** The one that is there, if the registry has said that the other is not, or has denied it. */
    private static Answer ofOne(Route.Either either, Answer there, Answer.Failure failure, boolean isContent) {
        OciError error = failure.error();
        boolean isDecided = error.status() == 404 || error.status() == 401 || error.status() == 403;
        return isContent || isDecided
                ? there
                : new Answer.Failure(new OciError(error.status(), error.code(), error.message()
                        + "; so the address may be ambiguous: " + candidates(either), error.detail(),
                        error.retryAfter()), failure.cacheStatus());
    }

    /** Registries answer an empty list also for repositories that they do not have: it does not tell which one is meant. */
    private static Answer ofReferrers(Route.Either either, Answer.Listing one, Answer.Listing other) {
        if (one.body().equals(other.body()) || ReferrersList.isEmpty(other.body())) {
            return one;
        }
        return ReferrersList.isEmpty(one.body()) ? other : ambiguous(either);
    }

    /** The failure of what is there, or of what may be; the message tells of both. */
    private static Answer ofNeither(Answer.Failure one, Answer.Failure other) {
        boolean isUndecided = one.error().status() == 404 && other.error().status() != 404;
        Answer.Failure first = isUndecided ? other : one;
        Answer.Failure second = isUndecided ? one : other;
        OciError error = first.error();
        return new Answer.Failure(new OciError(error.status(), error.code(),
                error.message() + "; and read otherwise: " + second.error().message(), error.detail(),
                error.retryAfter()), first.cacheStatus());
    }

    private static Answer ambiguous(Route.Either either) {
        Repository one = either.stripped().repository();
        Repository other = either.literal().repository();
        return new Answer.Failure(new OciError(404, ErrorCode.NAME_UNKNOWN,
                "address is ambiguous: " + one.registry() + " has both repositories, " + candidates(either),
                Map.of("candidates", one + ", " + other), Optional.empty()), CacheStatus.NONE);
    }

    private static String candidates(Route.Either either) {
        Repository one = either.stripped().repository();
        Repository other = either.literal().repository();
        String path = "/" + one.registry() + "/v2/";
        return one.name() + " and " + other.name() + "; begin the path with " + path + one.name() + "/ or " + path
                + other.name() + "/";
    }

    private boolean isLinked(Route.OfRepository route) {
        return digest(route).map(digest -> facts.link(route.repository(),
                route instanceof Route.Blob ? ContentKind.BLOB : ContentKind.MANIFEST, digest).isPresent())
                .orElse(false);
    }

    /** The digest of the content that is asked for; empty when it is not asked for by digest. */
    private static Optional<Digest> digest(Route.OfRepository route) {
        return switch (route) {
            case Route.Blob blob -> Optional.of(blob.digest());
            case Route.Referrers referrers -> Optional.of(referrers.subject());
            case Route.Manifest manifest when manifest.reference() instanceof Digest digest -> Optional.of(digest);
            case Route.Manifest manifest -> Optional.empty();
            case Route.Tags tags -> Optional.empty();
        };
    }

    /** Answers as {@link #answer} with a whole manifest, without counting its image as used. */
    public Answer look(Route.Manifest manifest) {
        return answer(manifest, () -> manifests.look(manifest));
    }

    /** A way to an answer. */
    private interface Answering {

        Answer answer() throws OriginException, ContentException, InterruptedException;
    }

    private static Answer answer(Route route, Answering answering) {
        try {
            return answering.answer();
        } catch (ContentException e) {
            Throwable cause = e.end() instanceof FillOutcome.OriginFailed failed ? failed.cause() : null;
            return new Answer.Failure(Errors.of(e), CacheStatus.of(cause));
        } catch (OriginException e) {
            return new Answer.Failure(Errors.of(e, unknown(route)), CacheStatus.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.Failure(new OciError(503, ErrorCode.UNAVAILABLE, "request ended: Freshet is stopping"),
                    CacheStatus.NONE);
        } catch (RuntimeException e) {
            LOG.error("request failed by a defect", e);
            return new Answer.Failure(Errors.internal(), CacheStatus.NONE);
        }
    }

    /** The code for absent content; clients take an unknown referrers API as one that is not offered. */
    private static ErrorCode unknown(Route route) {
        return switch (route) {
            case Route.Ping ping -> ErrorCode.UNKNOWN;
            case Route.Manifest manifest -> ErrorCode.MANIFEST_UNKNOWN;
            case Route.Blob blob -> ErrorCode.BLOB_UNKNOWN;
            case Route.Tags tags -> ErrorCode.NAME_UNKNOWN;
            case Route.Referrers referrers -> ErrorCode.UNSUPPORTED;
            case Route.Either either -> unknown(either.stripped());
            case Route.Unroutable(OciError error) -> error.code();
        };
    }
}
