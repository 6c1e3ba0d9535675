package dev.freshet.proxy.serve;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.flight.ContentCache;
import dev.freshet.cache.flight.ContentException;
import dev.freshet.cache.flight.FlightEnd;
import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.Errors;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.range.RangeSet;
import dev.freshet.proxy.route.Route;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a route to its answer; failures become answers here. Blocks; may be called by any thread. */
public final class RegistryService {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryService.class);

    private final ManifestService manifests;
    private final BlobService blobs;
    private final ListingService listings;

    /**
     * @param store keeps manifests
     * @param cache keeps blobs, in the same store
     * @param losses how often the store has lost content so far
     * @param trouble hears of failures of store and catalog, none of which fails a request
     * @param pulls hears what is asked for
     * @param beside runs what no request waits for, unbounded
     */
    public RegistryService(Registries registries, BlobStore store, ContentCache cache, Catalog catalog,
            LongSupplier losses, StoreTrouble trouble, PullListener pulls, InstantSource clock,
            Executor beside) {
        Images images = new Images(store, catalog, losses, clock);
        Facts facts = new Facts(catalog, trouble);
        ForeignLayers foreign = new ForeignLayers(registries, facts);
        SmallContents contents = new SmallContents(store, trouble);
        Links links = new Links(registries, facts, beside, clock);
        ManifestShelf shelf = new ManifestShelf(contents, facts, links, images, foreign, trouble);
        this.manifests = new ManifestService(registries, shelf, facts, links, images, pulls, clock);
        this.listings = new ListingService(registries, new ListingShelf(contents, facts), facts, clock);
        this.blobs = new BlobService(registries, cache, links, foreign, pulls);
    }

    /**
     * Answers; never fails. Content in the answer is to be closed by the caller.
     *
     * @param headOnly whether nothing but the head is asked for
     * @param ranges what of a blob is asked for, unless only the head is
     */
    public Answer answer(Route route, boolean headOnly, RangeSet ranges) {
        return answer(route, () -> switch (route) {
            case Route.Ping ping -> new Answer.Pong();
            case Route.Manifest manifest -> manifests.serve(manifest, headOnly);
            case Route.Blob blob -> headOnly ? blobs.head(blob) : blobs.serve(blob, ranges);
            case Route.Tags tags -> listings.tags(tags);
            case Route.Referrers referrers -> listings.referrers(referrers);
            case Route.Unroutable(OciError error) -> new Answer.Failure(error, CacheStatus.NONE);
        });
    }

    /** As {@link #answer}, with all of a manifest, for whoever only looks at it: its image is not used by that. */
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
            Throwable cause = e.end() instanceof FlightEnd.OriginFailed failed ? failed.cause() : null;
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

    /** What it is called that there is none; clients take a referrers API that is unknown for none at all. */
    private static ErrorCode unknown(Route route) {
        return switch (route) {
            case Route.Ping ping -> ErrorCode.UNKNOWN;
            case Route.Manifest manifest -> ErrorCode.MANIFEST_UNKNOWN;
            case Route.Blob blob -> ErrorCode.BLOB_UNKNOWN;
            case Route.Tags tags -> ErrorCode.NAME_UNKNOWN;
            case Route.Referrers referrers -> ErrorCode.UNSUPPORTED;
            case Route.Unroutable(OciError error) -> error.code();
        };
    }
}
