package dev.freshet.proxy.serve;

import dev.freshet.cache.fill.Availability;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.answer.Answer;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.serve.document.ListedBlob;
import dev.freshet.proxy.serve.document.Platform;
import dev.freshet.proxy.upstream.foreign.ForeignRules.Refusal;
import java.util.List;
import java.util.Optional;

/** The result of an inspection of an image. */
public sealed interface Inspection {

    /**
     * An image that was found.
     *
     * @param image as it was named
     * @param repository what that means here
     * @param manifest as it would be served
     * @param platform that was chosen; empty where none was asked for, or there was nothing to choose
     * @param items in the order of the manifest
     */
    record Found(ImageName image, Repository repository, Answer.Manifest manifest, Optional<Platform> platform,
            List<Item> items) implements Inspection {

        public Found {
            items = List.copyOf(items);
        }
    }

    /** A refusal, with its reason. */
    record Refused(OciError error) implements Inspection {}

    /**
     * An entry in the list of a manifest.
     *
     * @param availability how much of it the cache holds for repositories that may have this image
     * @param parts of the image, for a manifest that is stored
     * @param allowed its URLs that may be asked, in the order in which they are
     * @param refused its other URLs
     */
    record Item(ListedBlob blob, Availability availability, Optional<Parts> parts, List<Allowed> allowed,
            List<Refusal> refused) {

        public Item {
            allowed = List.copyOf(allowed);
            refused = List.copyOf(refused);
        }
    }

    /**
     * The count of an image's blobs in the cache.
     *
     * @param blobs its config and layers
     * @param stored how many of them are stored completely
     */
    record Parts(int blobs, int stored) {}

    /**
     * A URL that may be asked.
     *
     * @param url as it may stand in a message
     * @param pattern of {@code foreign-layers.allow} that allows it
     */
    record Allowed(String url, String pattern) {}
}
