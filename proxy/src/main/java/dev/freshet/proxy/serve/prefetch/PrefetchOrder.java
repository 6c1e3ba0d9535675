package dev.freshet.proxy.serve.prefetch;

import dev.freshet.cache.name.Digest;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.serve.document.Platform;
import java.util.Optional;

/** What becomes of an image that somebody asks to be fetched. */
public sealed interface PrefetchOrder {

    /**
     * What is missing of it will be fetched.
     *
     * @param manifest of the one that is fetched
     * @param platform that was chosen; empty where there was nothing to choose
     * @param all its config and its layers
     * @param missing those of them that are neither stored nor on their way
     */
    record Taken(ImageName image, Digest manifest, Optional<Platform> platform, Amount all,
            Amount missing) implements PrefetchOrder {}

    /** Nothing will be fetched. */
    record Refused(OciError error) implements PrefetchOrder {}

    /**
     * So much of an image.
     *
     * @param bytes as its manifest says, 0 for each blob of which it does not
     */
    record Amount(int blobs, long bytes) {}
}
