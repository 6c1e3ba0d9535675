package dev.freshet.proxy.serve.prefetch;

import dev.freshet.cache.name.Digest;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.serve.document.Platform;
import java.util.Optional;

/** The result of an order to prefetch an image. */
public sealed interface PrefetchOrder {

    /**
     * An accepted order: the missing blobs will be fetched.
     *
     * @param manifest of the one that is fetched
     * @param platform that was chosen; empty where there was nothing to choose
     * @param all its config and its layers
     * @param missing those of them that are neither stored nor on their way
     */
    record Taken(ImageName image, Digest manifest, Optional<Platform> platform, Amount all,
            Amount missing) implements PrefetchOrder {}

    /** A refused order: nothing will be fetched. */
    record Refused(OciError error) implements PrefetchOrder {}

    /**
     * An amount of blobs.
     *
     * @param bytes as its manifest says, 0 for each blob of which it does not
     */
    record Amount(int blobs, long bytes) {}
}
