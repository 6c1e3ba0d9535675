package dev.freshet.proxy.serve.repository;

import dev.freshet.cache.catalog.ForeignLayer;
import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.upstream.foreign.ForeignBlobs.Deliveries;
import dev.freshet.proxy.upstream.foreign.ForeignRefusedException;
import dev.freshet.proxy.upstream.foreign.ForeignRules;
import dev.freshet.proxy.upstream.foreign.ForeignRules.ForeignUrl;
import dev.freshet.proxy.upstream.registry.Registry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The foreign layers of repositories: blobs that a manifest served for the repository lists with URLs. The listing grants
 * nothing. It offers to ask these URLs for the blob when the registry does not have it, as far as the rules allow.
 */
public final class ForeignLayers {

    private static final int MOST_MANIFESTS = 16;

    private final Registries registries;
    private final Facts facts;

    public ForeignLayers(Registries registries, Facts facts) {
        this.registries = registries;
        this.facts = facts;
    }

    /**
     * A blob that URLs offer.
     *
     * @param size bytes, as the manifests say
     * @param choice what the rules say of the URLs
     * @param source its origin; empty when none of the URLs may be asked
     */
    public record Offer(Repository repository, Digest digest, long size, ForeignRules.Choice choice,
            Optional<BlobOrigin> source) {

        /**
         * Where it comes from.
         *
         * @throws ForeignRefusedException if none of the URLs may be asked
         */
        public BlobOrigin origin() throws ForeignRefusedException {
            if (source.isEmpty()) {
                throw new ForeignRefusedException("GET of blob " + repository + "@" + digest, choice.refused());
            }
            return source.get();
        }

        /** Whether the cache has it, or a fill brings it, for repositories that may ask these URLs. */
        public boolean isIn(ContentCache cache) {
            return source.isPresent() && cache.has(digest, source.get());
        }
    }

    /** The offer of this repository's manifests under a digest; empty when none lists it. */
    public Optional<Offer> find(Repository repository, Digest digest) {
        List<ForeignLayer> layers = facts.foreign(repository, digest, MOST_MANIFESTS);
        if (layers.isEmpty()) {
            return Optional.empty();
        }
        ForeignLayer one = layers.stream().filter(layer -> mayBeAsked(repository, layer)).findFirst()
                .orElse(layers.getFirst());
        List<String> urls = layers.stream().filter(layer -> layer.size() == one.size())
                .flatMap(layer -> layer.urls().stream()).toList();
        ForeignRules rules = rules(repository);
        ForeignRules.Choice choice = rules.choose(urls);
        Registry registry = registries.registry(repository.registry());
        Optional<BlobOrigin> source = choice.allowed().isEmpty()
                ? Optional.empty()
                : Optional.of(registry.foreign().origin(repository, digest, one.size(), rules, choice,
                        new Noted(repository, digest)));
        return Optional.of(new Offer(repository, digest, one.size(), choice, source));
    }

    /** Whether any of a layer's URLs may be asked. */
    public boolean mayBeAsked(Repository repository, ForeignLayer layer) {
        return !rules(repository).choose(layer.urls()).allowed().isEmpty();
    }

    /**
     * Notes what a manifest that is served for a repository offers. The manifest may have been kept for another repository.
     *
     * @param layers that it lists with URLs
     */
    public void served(Repository repository, Digest manifest, Map<Digest, ForeignLayer> layers) {
        boolean isNew = layers.entrySet().stream().anyMatch(
                layer -> !facts.foreign(repository, layer.getKey(), MOST_MANIFESTS).contains(layer.getValue()));
        if (isNew) {
            facts.putForeign(repository, manifest, layers);
        }
    }

    private ForeignRules rules(Repository repository) {
        return registries.foreignRules(repository.registry());
    }

    /** The deliveries of one blob, as the catalog has them. */
    private final class Noted implements Deliveries {

        private final Repository repository;
        private final Digest digest;

        Noted(Repository repository, Digest digest) {
            this.repository = repository;
            this.digest = digest;
        }

        @Override
        public boolean any(Collection<ForeignUrl> urls) {
            return urls.stream().anyMatch(url -> facts.delivered(repository.registry(), digest, url.text()));
        }

        @Override
        public void add(Collection<ForeignUrl> urls) {
            facts.putDelivered(repository.registry(), digest, urls.stream().map(ForeignUrl::text).toList());
        }
    }
}
