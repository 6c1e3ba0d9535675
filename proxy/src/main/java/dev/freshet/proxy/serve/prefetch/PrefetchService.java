package dev.freshet.proxy.serve.prefetch;

import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.StoreSpace;
import dev.freshet.config.unit.DataSize;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.answer.Answer;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.range.RangeSet;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.serve.RegistryService;
import dev.freshet.proxy.serve.document.ManifestDocument;
import dev.freshet.proxy.serve.document.Platform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Takes images in to be fetched that somebody asks for by name. The manifest is found as for a client, with all that this
 * checks; the {@link Prefetcher} brings the rest in the background. A few may be asked for at once.
 */
public final class PrefetchService {

    private static final int AT_ONCE = 16;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Router router;
    private final RegistryService service;
    private final Prefetcher prefetcher;
    private final ContentCache cache;
    private final Supplier<StoreSpace> space;
    private final Platform usual;
    private final Semaphore turns = new Semaphore(AT_ONCE);

    /**
     * @param space of the cache's store
     * @param usual to choose where nobody says which
     */
    public PrefetchService(Router router, RegistryService service, Prefetcher prefetcher, ContentCache cache,
            Supplier<StoreSpace> space, Platform usual) {
        this.router = router;
        this.service = service;
        this.prefetcher = prefetcher;
        this.cache = cache;
        this.space = space;
        this.usual = usual;
    }

    /** A manifest, and what it is for where that was chosen. */
    private record Found(Digest digest, ManifestDocument document, Optional<Platform> platform) {}

    /** Says that nothing will be fetched. */
    private static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient OciError error;

        RefusedException(OciError error) {
            super(error.message(), null, false, false);
            this.error = error;
        }
    }

    /**
     * Takes in an image; blocks until its manifest is known.
     *
     * @param platform to choose of several; empty for the usual one
     */
    public PrefetchOrder order(ImageName image, Optional<Platform> platform) {
        boolean mayAsk = turns.tryAcquire();
        try {
            if (!mayAsk) {
                throw tooMany(image);
            }
            return switch (router.route(image)) {
                case Route.Manifest(Repository repository, Reference reference, Accept accept) ->
                    take(image, repository, find(image, repository, reference, platform.orElse(usual)));
                case Route.Unroutable(OciError error) -> new PrefetchOrder.Refused(error);
                case Route.Ping ping -> throw new IllegalStateException(image + " is no image");
                case Route.Blob blob -> throw new IllegalStateException(image + " is no image");
                case Route.Tags tags -> throw new IllegalStateException(image + " is no image");
                case Route.Either either -> throw new IllegalStateException(image + " is no image");
                case Route.Referrers referrers -> throw new IllegalStateException(image + " is no image");
            };
        } catch (RefusedException e) {
            return new PrefetchOrder.Refused(e.error);
        } finally {
            if (mayAsk) {
                turns.release();
            }
        }
    }

    private PrefetchOrder take(ImageName image, Repository repository, Found found) throws RefusedException {
        List<PrefetchPart> parts = PrefetchPart.of(repository, found.document(), true);
        StoreSpace store = space.get();
        if (parts.isEmpty()) {
            throw refused(image, 422, ErrorCode.MANIFEST_INVALID, "its manifest names neither a config nor layers");
        }
        if (!store.writable()) {
            throw new RefusedException(new OciError(503, ErrorCode.UNAVAILABLE, failed(image)
                    + "nothing can be stored; see /readyz of the admin port for why", Map.of(), Optional.of(SOON)));
        }
        if (!PrefetchPart.fit(parts, store.limit())) {
            throw refused(image, 507, ErrorCode.SIZE_INVALID, "it has "
                    + new DataSize(parts.stream().mapToLong(PrefetchPart::bytes).sum()).rounded()
                    + ", which is more than the cache may hold; raise cache.max-size");
        }
        PrefetchOrder.Amount missing = amount(parts.stream().filter(part -> !cache.has(part.digest())).toList());
        if (!prefetcher.ask(repository, found.digest(), parts)) {
            throw tooMany(image);
        }
        return new PrefetchOrder.Taken(image, found.digest(), found.platform(), amount(parts), missing);
    }

    private Found find(ImageName image, Repository repository, Reference reference, Platform platform)
            throws RefusedException {
        Found first = get(image, repository, reference, Optional.empty());
        if (!first.document().isIndex()) {
            return first;
        }
        Map<Platform, Digest> offered = first.document().platforms();
        Optional<Platform> chosen = platform.among(offered.keySet());
        if (chosen.isEmpty()) {
            throw refused(image, 404, ErrorCode.MANIFEST_UNKNOWN, "there is nothing for " + platform + "; use one of "
                    + offered.keySet().stream().map(Platform::toString).collect(Collectors.joining(", ")));
        }
        return get(image, repository, Objects.requireNonNull(offered.get(chosen.get())), chosen);
    }

    private Found get(ImageName image, Repository repository, Reference reference, Optional<Platform> platform)
            throws RefusedException {
        return switch (service.answer(new Route.Manifest(repository, reference, Accept.EVERYTHING), false,
                RangeSet.WHOLE)) {
            case Answer.Manifest manifest ->
                new Found(manifest.digest(), manifest.body().flatMap(ManifestDocument::parse).orElseThrow(), platform);
            case Answer.Failure(OciError error, CacheStatus status) -> throw new RefusedException(error);
            case Answer.Pong pong -> throw new IllegalStateException("no manifest of " + image);
            case Answer.Blob blob -> throw new IllegalStateException("no manifest of " + image);
            case Answer.Listing listing -> throw new IllegalStateException("no manifest of " + image);
        };
    }

    private static PrefetchOrder.Amount amount(List<PrefetchPart> parts) {
        return new PrefetchOrder.Amount(parts.size(), parts.stream().mapToLong(PrefetchPart::bytes).sum());
    }

    private static RefusedException tooMany(ImageName image) {
        return new RefusedException(new OciError(429, ErrorCode.TOOMANYREQUESTS,
                failed(image) + "as many images as may be are waiting to be fetched; try again", Map.of(),
                Optional.of(SOON)));
    }

    private static RefusedException refused(ImageName image, int status, ErrorCode code, String why) {
        return new RefusedException(new OciError(status, code, failed(image) + why));
    }

    private static String failed(ImageName image) {
        return "prefetch of " + image + " failed: ";
    }
}
