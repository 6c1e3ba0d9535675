package dev.freshet.proxy.serve;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.fill.Availability;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.StoreException;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.answer.Answer;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.serve.Inspection.Allowed;
import dev.freshet.proxy.serve.Inspection.Item;
import dev.freshet.proxy.serve.document.ListedBlob;
import dev.freshet.proxy.serve.document.ManifestDocument;
import dev.freshet.proxy.serve.document.Platform;
import dev.freshet.proxy.serve.repository.Registries;
import dev.freshet.proxy.upstream.foreign.ForeignRules;
import dev.freshet.proxy.upstream.foreign.ForeignUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Says what an image consists of, and how much of it is here. The manifest is found as for a client, so that it is asked of
 * its upstream where the cache does not have it; nothing else is, and nothing counts as used.
 */
public final class InspectService {

    private final Router router;
    private final RegistryService service;
    private final Registries registries;
    private final ContentCache cache;
    private final Catalog catalog;

    public InspectService(Router router, RegistryService service, Registries registries, ContentCache cache,
            Catalog catalog) {
        this.router = router;
        this.service = service;
        this.registries = registries;
        this.cache = cache;
        this.catalog = catalog;
    }

    /** Says that it cannot be told. */
    private static final class RefusedException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient OciError error;

        RefusedException(OciError error) {
            super(error.message(), null, false, false);
            this.error = error;
        }

        RefusedException(ImageName image, int status, ErrorCode code, String why) {
            this(new OciError(status, code, "inspect of " + image + " failed: " + why));
        }
    }

    /**
     * Looks at an image; blocks until its manifest is known.
     *
     * @param platform to look at of several; empty to see which there are
     */
    public Inspection inspect(ImageName image, Optional<Platform> platform) {
        try {
            return switch (router.route(image)) {
                case Route.Manifest(Repository repository, Reference reference, Accept accept) ->
                    inspect(image, repository, reference, platform);
                case Route.Unroutable(OciError error) -> new Inspection.Refused(error);
                case Route.Ping ping -> throw new IllegalStateException(image + " is no image");
                case Route.Blob blob -> throw new IllegalStateException(image + " is no image");
                case Route.Tags tags -> throw new IllegalStateException(image + " is no image");
                case Route.Either either -> throw new IllegalStateException(image + " is no image");
                case Route.Referrers referrers -> throw new IllegalStateException(image + " is no image");
            };
        } catch (RefusedException e) {
            return new Inspection.Refused(e.error);
        } catch (StoreException e) {
            return new Inspection.Refused(new OciError(503, ErrorCode.UNAVAILABLE, "inspect of " + image + " failed: "
                    + e.getMessage() + "; see /readyz of the admin port"));
        }
    }

    private Inspection inspect(ImageName image, Repository repository, Reference reference,
            Optional<Platform> platform) throws RefusedException, StoreException {
        Answer.Manifest manifest = manifest(image, repository, reference);
        Map<Platform, Digest> offered = ManifestDocument.parse(body(manifest)).filter(ManifestDocument::isIndex)
                .map(ManifestDocument::platforms).orElse(Map.of());
        if (platform.isEmpty() || offered.isEmpty()) {
            return found(image, repository, manifest, Optional.empty());
        }
        Platform chosen = platform.get().among(offered.keySet())
                .orElseThrow(() -> new RefusedException(image, 404, ErrorCode.MANIFEST_UNKNOWN,
                        "there is nothing for " + platform.get() + "; use one of " + offered.keySet().stream()
                                .map(Platform::toString).collect(Collectors.joining(", "))));
        Digest digest = Objects.requireNonNull(offered.get(chosen));
        return found(image, repository, manifest(image, repository, digest), Optional.of(chosen));
    }

    private Inspection found(ImageName image, Repository repository, Answer.Manifest manifest,
            Optional<Platform> platform) throws RefusedException, StoreException {
        List<ListedBlob> listed = ListedBlob.of(body(manifest))
                .orElseThrow(() -> new RefusedException(image, 422, ErrorCode.MANIFEST_INVALID,
                        "its manifest cannot be read; pull " + manifest.digest() + " to see it"));
        ForeignRules rules = registries.foreignRules(repository.registry());
        List<Item> items = new ArrayList<>();
        for (ListedBlob blob : listed) {
            items.add(item(repository, rules, blob));
        }
        return new Inspection.Found(image, repository, manifest, platform, items);
    }

    private Item item(Repository repository, ForeignRules rules, ListedBlob blob) throws StoreException {
        Availability stock = cache.stock(blob.digest());
        return switch (blob.kind()) {
            case CONFIG, LAYER -> new Item(blob, stock, Optional.empty(), List.of(), List.of());
            case MANIFEST -> new Item(blob, stock, parts(blob.digest()), List.of(), List.of());
            case FOREIGN_LAYER -> {
                ForeignRules.Choice choice = rules.choose(blob.urls());
                boolean mayBeHad = catalog.link(repository, ContentKind.BLOB, blob.digest()).isPresent()
                        || isDelivered(repository, blob.digest(), choice.allowed());
                yield new Item(blob, mayBeHad ? stock : new Availability.Missing(), Optional.empty(),
                        choice.allowed().stream().map(url -> new Allowed(url.toString(),
                                rules.allowing(url).map(Object::toString).orElseThrow())).toList(),
                        choice.refused());
            }
        };
    }

    /** Whether one of these URLs has brought it, so that it may come from the store. */
    private boolean isDelivered(Repository repository, Digest digest, List<ForeignUrl> urls) throws StoreException {
        for (ForeignUrl url : urls) {
            if (catalog.delivered(repository.registry(), digest, url.text())) {
                return true;
            }
        }
        return false;
    }

    private Optional<Inspection.Parts> parts(Digest manifest) throws StoreException {
        Set<Digest> parts = catalog.parts(manifest);
        int stored = (int) parts.stream().filter(part -> cache.stock(part) instanceof Availability.Stored).count();
        return parts.isEmpty() ? Optional.empty() : Optional.of(new Inspection.Parts(parts.size(), stored));
    }

    private Answer.Manifest manifest(ImageName image, Repository repository, Reference reference)
            throws RefusedException {
        return switch (service.look(new Route.Manifest(repository, reference, Accept.EVERYTHING))) {
            case Answer.Manifest manifest -> manifest;
            case Answer.Failure(OciError error, CacheStatus status) -> throw new RefusedException(error);
            case Answer.Pong pong -> throw new IllegalStateException("no manifest of " + image);
            case Answer.Blob blob -> throw new IllegalStateException("no manifest of " + image);
            case Answer.Listing listing -> throw new IllegalStateException("no manifest of " + image);
        };
    }

    private static byte[] body(Answer.Manifest manifest) {
        return manifest.body().orElseThrow();
    }
}
