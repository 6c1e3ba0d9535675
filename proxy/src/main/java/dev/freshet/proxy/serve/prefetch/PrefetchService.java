package dev.freshet.proxy.serve.prefetch;

import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreSpace;
import dev.freshet.config.unit.DataSize;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.range.RangeSet;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.serve.ImageLookup;
import dev.freshet.proxy.serve.ImageLookup.Image;
import dev.freshet.proxy.serve.ImageLookup.RefusedException;
import dev.freshet.proxy.serve.RegistryService;
import dev.freshet.proxy.serve.document.ManifestDocument;
import dev.freshet.proxy.serve.document.Platform;
import dev.freshet.proxy.serve.prefetch.PrefetchQueue.PrefetchBlob;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * The service for orders to prefetch an image by name. It finds the manifest as for a client, with all checks; the
 * {@link Prefetcher} fetches the blobs in the background. At most {@value #AT_ONCE} orders are handled at once.
 */
public final class PrefetchService {

    private static final int AT_ONCE = 16;
    private static final Duration SOON = Duration.ofSeconds(30);

    private final ImageLookup images;
    private final Prefetcher prefetcher;
    private final ContentCache cache;
    private final Supplier<StoreSpace> space;
    private final Platform usual;
    private final Semaphore turns = new Semaphore(AT_ONCE);

    /**
     * @param space of the cache's store
     * @param usual platform of orders that name none
     */
    public PrefetchService(Router router, RegistryService service, Prefetcher prefetcher, ContentCache cache,
            Supplier<StoreSpace> space, Platform usual) {
        this.images = new ImageLookup("prefetch", router,
                manifest -> service.answer(manifest, false, RangeSet.WHOLE));
        this.prefetcher = prefetcher;
        this.cache = cache;
        this.space = space;
        this.usual = usual;
    }

    /**
     * Takes in an image; blocks until its manifest is known.
     *
     * @param platform to choose of several; empty for the usual one
     * @throws RefusedException if nothing will be fetched
     */
    public PrefetchOrder order(ImageName image, Optional<Platform> platform) throws RefusedException {
        if (!turns.tryAcquire()) {
            throw tooMany(image);
        }
        try {
            return take(find(image, platform.orElse(usual)));
        } finally {
            turns.release();
        }
    }

    private Image find(ImageName name, Platform platform) throws RefusedException {
        Image image = images.find(name);
        ManifestDocument document = image.document().orElseThrow();
        return document.isIndex() ? images.choose(image, document, platform) : image;
    }

    private PrefetchOrder take(Image image) throws RefusedException {
        ImageName name = image.name();
        Digest manifest = image.manifest().digest();
        List<PrefetchBlob> blobs = PrefetchBlob.of(image.repository(), image.document().orElseThrow(), true);
        StoreSpace store = space.get();
        if (blobs.isEmpty()) {
            throw images.refused(name, 422, ErrorCode.MANIFEST_INVALID,
                    "its manifest names neither a config nor layers");
        }
        if (!store.writable()) {
            throw new RefusedException(new OciError(503, ErrorCode.UNAVAILABLE, images.failed(name)
                    + "nothing can be stored; see /readyz of the admin port for why", Map.of(), Optional.of(SOON)));
        }
        if (!PrefetchBlob.fit(blobs, store.limit())) {
            throw images.refused(name, 507, ErrorCode.SIZE_INVALID, "it has "
                    + new DataSize(blobs.stream().mapToLong(PrefetchBlob::bytes).sum()).rounded()
                    + ", which is more than the cache may hold; raise cache.max-size");
        }
        Amount missing = amount(blobs.stream().filter(blob -> !cache.has(blob.digest())).toList());
        if (!prefetcher.ask(image.repository(), manifest, blobs)) {
            throw tooMany(name);
        }
        return new PrefetchOrder(name, manifest, image.platform(), amount(blobs), missing);
    }

    private static Amount amount(List<PrefetchBlob> blobs) {
        return new Amount(blobs.size(), blobs.stream().mapToLong(PrefetchBlob::bytes).sum());
    }

    private RefusedException tooMany(ImageName image) {
        return new RefusedException(new OciError(429, ErrorCode.TOOMANYREQUESTS,
                images.failed(image) + "as many images as may be are waiting to be fetched; try again", Map.of(),
                Optional.of(SOON)));
    }

    /**
     * An accepted order: the missing blobs will be fetched.
     *
     * @param manifest of the one that is fetched
     * @param platform that was chosen; empty where there was nothing to choose
     * @param all its config and its layers
     * @param missing those of them that are neither stored nor on their way
     */
    public record PrefetchOrder(ImageName image, Digest manifest, Optional<Platform> platform, Amount all,
            Amount missing) {}

    /**
     * An amount of blobs.
     *
     * @param bytes as its manifest says, 0 for each blob of which it does not
     */
    public record Amount(int blobs, long bytes) {}
}
