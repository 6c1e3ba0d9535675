package dev.freshet.proxy.serve.document;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The use of images as a whole: a request for a manifest uses its config and its layers, also those that a client has already
 * and never asks for. So a layer is kept as long as one of its images is used.
 *
 * <p>A touch of ten digests costs more than all else that the store does for a manifest. An image that was found whole
 * is not looked at again for a moment, unless content was lost meanwhile.
 */
public final class ImageUse {

    private static final Logger LOG = LoggerFactory.getLogger(ImageUse.class);
    private static final long MOMENT_MILLIS = Duration.ofMillis(100).toMillis();
    private static final int SLOTS = 1 << 10;

    private final BlobStore blobs;
    private final Catalog catalog;
    private final LongSupplier losses;
    private final InstantSource clock;
    private final AtomicReferenceArray<@Nullable Whole> lately = new AtomicReferenceArray<>(SLOTS);

    /** An image of which everything was stored. */
    private record Whole(Digest manifest, long losses, long atMillis) {

        boolean isStill(Digest wanted, long lossesNow, long nowMillis) {
            long age = nowMillis - atMillis;
            return manifest.equals(wanted) && losses == lossesNow && age >= 0 && age < MOMENT_MILLIS;
        }
    }

    /** @param losses how often the store has lost content so far */
    public ImageUse(BlobStore blobs, Catalog catalog, LongSupplier losses, InstantSource clock) {
        this.blobs = blobs;
        this.catalog = catalog;
        this.losses = losses;
        this.clock = clock;
    }

    /** Notes what a manifest's image consists of; nothing for an index, whose manifests are mostly never fetched. */
    void put(Digest manifest, Set<Digest> parts) throws StoreException {
        if (!parts.isEmpty()) {
            catalog.putParts(manifest, parts);
        }
    }

    /**
     * Counts a manifest and its image as used. Never fails: what cannot be looked up counts as not stored.
     *
     * @return whether all that is known to belong to it is stored, so that it can be pulled without its upstream
     */
    boolean use(Digest manifest) {
        long lossesNow = losses.getAsLong();
        long now = clock.millis();
        int slot = manifest.hashCode() & (SLOTS - 1);
        Whole last = lately.get(slot);
        if (last != null && last.isStill(manifest, lossesNow, now)) {
            return true;
        }
        boolean isWhole = touch(manifest);
        if (isWhole) {
            lately.set(slot, new Whole(manifest, lossesNow, now));
        }
        return isWhole;
    }

    private boolean touch(Digest manifest) {
        try {
            Set<Digest> image = new HashSet<>(catalog.parts(manifest));
            image.add(manifest);
            return blobs.touch(image).isEmpty();
        } catch (StoreException e) {
            LOG.debug("use of image {} is not counted: {}", manifest, e.getMessage());
            return false;
        }
    }
}
