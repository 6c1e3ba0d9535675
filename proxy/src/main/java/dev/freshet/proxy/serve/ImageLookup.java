package dev.freshet.proxy.serve;

import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.answer.Answer;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.serve.document.ManifestDocument;
import dev.freshet.proxy.serve.document.ManifestDocument.UnofferedPlatformException;
import dev.freshet.proxy.serve.document.Platform;
import java.util.Optional;
import java.util.function.Function;

/** The lookup of images by name, as for a client: the manifest of an image, and the choice of one in an index. */
public final class ImageLookup {

    private final String task;
    private final Router router;
    private final Function<Route.Manifest, Answer> manifests;

    /**
     * @param task for messages, such as {@code inspect}
     * @param manifests answers with a whole manifest
     */
    public ImageLookup(String task, Router router, Function<Route.Manifest, Answer> manifests) {
        this.task = task;
        this.router = router;
        this.manifests = manifests;
    }

    /**
     * An image, or an index of images.
     *
     * @param platform that was chosen; empty where there was no choice
     */
    public record Image(ImageName name, Repository repository, Answer.Manifest manifest, Optional<Platform> platform) {

        /** The bytes of the manifest. */
        public byte[] body() {
            return manifest.body().orElseThrow();
        }

        /** The manifest; empty when it cannot be read. */
        public Optional<ManifestDocument> document() {
            return ManifestDocument.parse(body());
        }
    }

    /** A refusal to look up an image. */
    public static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient OciError error;

        public RefusedException(OciError error) {
            super(error.message(), null, false, false);
            this.error = error;
        }

        public OciError error() {
            return error;
        }
    }

    /** Finds an image; blocks until its manifest is known. */
    public Image find(ImageName name) throws RefusedException {
        return switch (router.route(name)) {
            case Route.Manifest(Repository repository, Reference reference, Accept accept) ->
                find(name, repository, reference, Optional.empty());
            case Route.Unroutable(OciError error) -> throw new RefusedException(error);
        };
    }

    /** Finds the image for a platform in an index. */
    public Image choose(Image index, ManifestDocument document, Platform platform) throws RefusedException {
        try {
            ManifestDocument.Offer offer = document.choose(platform);
            return find(index.name(), index.repository(), offer.digest(), Optional.of(offer.platform()));
        } catch (UnofferedPlatformException e) {
            throw refused(index.name(), 404, ErrorCode.MANIFEST_UNKNOWN,
                    e.getMessage() + "; use one of " + e.offered());
        }
    }

    private Image find(ImageName name, Repository repository, Reference reference, Optional<Platform> platform)
            throws RefusedException {
        return switch (manifests.apply(new Route.Manifest(repository, reference, Accept.EVERYTHING))) {
            case Answer.Manifest manifest -> new Image(name, repository, manifest, platform);
            case Answer.Failure(OciError error, CacheStatus status) -> throw new RefusedException(error);
            case Answer.Pong pong -> throw new IllegalStateException("no manifest of " + name);
            case Answer.Blob blob -> throw new IllegalStateException("no manifest of " + name);
            case Answer.Listing listing -> throw new IllegalStateException("no manifest of " + name);
        };
    }

    /** A refusal that names the task and the image. */
    public RefusedException refused(ImageName name, int status, ErrorCode code, String why) {
        return new RefusedException(new OciError(status, code, failed(name) + why));
    }

    /** The beginning of a message. */
    public String failed(ImageName name) {
        return task + " of " + name + " failed: ";
    }
}
