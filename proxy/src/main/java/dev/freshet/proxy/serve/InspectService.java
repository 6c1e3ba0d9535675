package dev.freshet.proxy.serve;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.fill.Availability;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.StoreException;
import dev.freshet.proxy.answer.Answer;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.serve.ImageLookup.Image;
import dev.freshet.proxy.serve.ImageLookup.RefusedException;
import dev.freshet.proxy.serve.document.ListedBlob;
import dev.freshet.proxy.serve.document.ManifestDocument;
import dev.freshet.proxy.serve.document.Platform;
import dev.freshet.proxy.serve.repository.Registries;
import dev.freshet.proxy.upstream.foreign.ForeignRules;
import dev.freshet.proxy.upstream.foreign.ForeignRules.ForeignUrl;
import dev.freshet.proxy.upstream.foreign.ForeignRules.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The inspection of images: the parts of an image, and how much of each the cache holds. It finds the manifest as for a
 * client, so that the upstream is asked where the cache does not hold it. Nothing else is fetched, and nothing counts as used.
 */
public final class InspectService {

    private final ImageLookup images;
    private final Registries registries;
    private final ContentCache cache;
    private final Catalog catalog;

    public InspectService(Router router, RegistryService service, Registries registries, ContentCache cache,
            Catalog catalog) {
        this.images = new ImageLookup("inspect", router, service::look);
        this.registries = registries;
        this.cache = cache;
        this.catalog = catalog;
    }

    /**
     * Looks at an image; blocks until its manifest is known.
     *
     * @param platform to look at of several; empty to see which there are
     * @throws RefusedException if the image cannot be inspected
     */
    public Inspection inspect(ImageName image, Optional<Platform> platform) throws RefusedException {
        try {
            return found(choose(images.find(image), platform));
        } catch (StoreException e) {
            throw images.refused(image, 503, ErrorCode.UNAVAILABLE, e.getMessage() + "; see /readyz of the admin port");
        }
    }

    private Image choose(Image image, Optional<Platform> platform) throws RefusedException {
        Optional<ManifestDocument> index = image.document()
                .filter(document -> document.isIndex() && !document.platforms().isEmpty());
        return platform.isPresent() && index.isPresent()
                ? images.choose(image, index.get(), platform.get())
                : image;
    }

    private Inspection found(Image image) throws RefusedException, StoreException {
        Repository repository = image.repository();
        List<ListedBlob> listed = ListedBlob.of(image.body())
                .orElseThrow(() -> images.refused(image.name(), 422, ErrorCode.MANIFEST_INVALID,
                        "its manifest cannot be read; pull " + image.manifest().digest() + " to see it"));
        ForeignRules rules = registries.foreignRules(repository.registry());
        List<Item> items = new ArrayList<>();
        for (ListedBlob blob : listed) {
            items.add(item(repository, rules, blob));
        }
        return new Inspection(image.name(), repository, image.manifest(), image.platform(), items);
    }

    private Item item(Repository repository, ForeignRules rules, ListedBlob blob) throws StoreException {
        Availability availability = cache.availability(blob.digest());
        return switch (blob.kind()) {
            case CONFIG, LAYER -> new Item(blob, availability, Optional.empty(), List.of(), List.of());
            case MANIFEST -> new Item(blob, availability, parts(blob.digest()), List.of(), List.of());
            case FOREIGN_LAYER -> {
                ForeignRules.Choice choice = rules.choose(blob.urls());
                boolean isAvailable = catalog.link(repository, ContentKind.BLOB, blob.digest()).isPresent()
                        || isDelivered(repository, blob.digest(), choice.allowed());
                yield new Item(blob, isAvailable ? availability : new Availability.Missing(), Optional.empty(),
                        choice.allowed().stream().map(url -> new Allowed(url.toString(),
                                rules.allowing(url).map(Object::toString).orElseThrow())).toList(),
                        choice.refused());
            }
        };
    }

    /** Whether one of these URLs has delivered it, so that it may come from the store. */
    private boolean isDelivered(Repository repository, Digest digest, List<ForeignUrl> urls) throws StoreException {
        for (ForeignUrl url : urls) {
            if (catalog.delivered(repository.registry(), digest, url.text())) {
                return true;
            }
        }
        return false;
    }

    private Optional<Parts> parts(Digest manifest) throws StoreException {
        Set<Digest> parts = catalog.parts(manifest);
        int stored = (int) parts.stream().filter(part -> cache.availability(part) instanceof Availability.Stored)
                .count();
        return parts.isEmpty() ? Optional.empty() : Optional.of(new Parts(parts.size(), stored));
    }

    /**
     * An image that was inspected.
     *
     * @param image as it was named
     * @param repository what that means here
     * @param manifest as it would be served
     * @param platform that was chosen; empty where none was asked for, or there was nothing to choose
     * @param items in the order of the manifest
     */
    public record Inspection(ImageName image, Repository repository, Answer.Manifest manifest,
            Optional<Platform> platform,
            List<Item> items) {

        public Inspection {
            items = List.copyOf(items);
        }
    }

    /**
     * An entry in the list of a manifest.
     *
     * @param availability how much of it the cache holds for repositories that may have this image
     * @param parts of the image, for a manifest that is stored
     * @param allowed its URLs that may be asked, in the order in which they are
     * @param refused its other URLs
     */
    public record Item(ListedBlob blob, Availability availability, Optional<Parts> parts, List<Allowed> allowed,
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
    public record Parts(int blobs, int stored) {}

    /**
     * A URL that may be asked.
     *
     * @param url as it may stand in a message
     * @param pattern of {@code foreign-layers.allow} that allows it
     */
    public record Allowed(String url, String pattern) {}
}
