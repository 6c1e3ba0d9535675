package dev.freshet.proxy.serve.document;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.ForeignLayer;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.catalog.Question;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.proxy.serve.repository.Facts;
import dev.freshet.proxy.serve.repository.ForeignLayers;
import dev.freshet.proxy.serve.repository.Links;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.document.FetchedManifest;
import dev.freshet.proxy.upstream.document.ManifestCalls.ManifestHead;
import dev.freshet.proxy.upstream.document.MediaTypes;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The manifests in the cache, with the permissions that they grant. A manifest is served for a repository only when its
 * registry has said, for this very repository, that it holds it.
 *
 * <p>Keeping is best effort: a manifest that cannot be written is still served, and fetched again next time.
 */
final class ManifestStore {

    private static final Logger LOG = LoggerFactory.getLogger(ManifestStore.class);

    /** The most answers to HEAD that are remembered. */
    private static final int MOST_HEADS = 4_000;

    private final SmallContents contents;
    private final Facts facts;
    private final Links links;
    private final ImageUse images;
    private final ForeignLayers foreign;
    private final Consumer<Event> events;
    private final Map<Links.Held, ManifestHead> heads = Collections.synchronizedMap(new LinkedHashMap<>() {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Links.Held, ManifestHead> eldest) {
            return size() > MOST_HEADS;
        }
    });

    ManifestStore(SmallContents contents, Facts facts, Links links, ImageUse images, ForeignLayers foreign,
            Consumer<Event> events) {
        this.foreign = foreign;
        this.contents = contents;
        this.facts = facts;
        this.links = links;
        this.images = images;
        this.events = events;
    }

    /**
     * A manifest to serve.
     *
     * @param stored under which digest its body is kept, which is another one where {@code digest} is of a part of the body
     * @param length bytes
     * @param body empty when only its head is known, or wanted
     */
    record Kept(Digest digest, Digest stored, String mediaType, long length, Optional<byte[]> body) {}

    /** The manifest with its body, if this repository may have it and it is here. */
    Optional<Kept> find(Repository repository, Digest digest) {
        Optional<Link> link = links.find(held(repository, digest));
        if (link.isEmpty()) {
            return Optional.empty();
        }
        Digest stored = stored(repository, digest, link.get());
        Optional<byte[]> body = contents.read(stored);
        body.ifPresent(bytes -> foreign.served(repository, stored, ManifestDocument.foreignLayersOf(bytes)));
        return body.map(bytes -> new Kept(digest, stored, link.get().mediaType(), bytes.length, Optional.of(bytes)));
    }

    /** The manifest's head, if this repository may have it and enough is known of it. */
    Optional<Kept> findHead(Repository repository, Digest digest) {
        return links.find(held(repository, digest))
                .filter(link -> link.size().isPresent() && !link.mediaType().isEmpty())
                .map(link -> new Kept(digest, stored(repository, digest, link), link.mediaType(),
                        link.size().getAsLong(), Optional.empty()));
    }

    private Digest stored(Repository repository, Digest digest, Link link) {
        return link.mediaType().equals(MediaTypes.SIGNED)
                ? facts.answer(repository, new Question.Body(digest)).map(TagEntry::digest).orElse(digest)
                : digest;
    }

    /** The last answer of this repository's registry to HEAD of a manifest, if it is remembered since the start. */
    Optional<Kept> told(Repository repository, Digest digest) {
        return Optional.ofNullable(heads.get(held(repository, digest))).map(ManifestStore::told);
    }

    private static Kept told(ManifestHead head) {
        return new Kept(head.digest(), head.digest(), head.mediaType(), head.size().orElseThrow(), Optional.empty());
    }

    /**
     * Keeps a manifest and what it grants.
     *
     * @throws UpstreamException if it is no manifest at all
     */
    Kept keep(Repository repository, FetchedManifest fetched) throws UpstreamException {
        ManifestDocument document = ManifestDocument.parse(fetched.body())
                .orElseThrow(() -> UpstreamException.badAnswer("GET of manifest " + repository + "@"
                        + fetched.digest() + " from upstream " + repository.registry()
                        + " failed: its body is no manifest"));
        String mediaType = document.mediaType(fetched.mediaType());
        int length = fetched.body().length;
        Map<Digest, Link> granted = document.blobLinks();
        Map<Digest, ForeignLayer> layers = document.foreignLayers();
        Set<Digest> parts = new HashSet<>(granted.keySet());
        layers.forEach((digest, layer) -> {
            if (foreign.mayBeAsked(repository, layer)) {
                parts.add(digest);
            }
        });
        keepBody(repository, fetched, parts);
        if (!layers.isEmpty()) {
            facts.putForeign(repository, fetched.bodyDigest(), layers);
        }
        links.put(repository, granted);
        links.put(repository, Map.of(fetched.digest(),
                new Link(ContentKind.MANIFEST, mediaType, OptionalLong.of(length))));
        heads.remove(held(repository, fetched.digest()));
        return new Kept(fetched.digest(), fetched.bodyDigest(), mediaType, length, Optional.of(fetched.body()));
    }

    /**
     * Remembers an answer to HEAD of a manifest; empty when it says too little to be served. It is not verified, so it becomes
     * no fact, and grants nothing.
     */
    Optional<Kept> keepHead(Repository repository, ManifestHead head) {
        if (head.size().isEmpty() || head.mediaType().isEmpty()) {
            return Optional.empty();
        }
        heads.put(held(repository, head.digest()), head);
        return Optional.of(told(head));
    }

    /**
     * The registry has just said again that the repository holds a manifest, and by that what it grants. It is noted now and
     * then only, as tags are confirmed each minute.
     */
    void confirmed(Repository repository, Digest digest) {
        links.find(held(repository, digest)).filter(link -> links.isDue(repository, link)).ifPresent(link -> {
            granted(repository, digest, link).ifPresent(granted -> links.put(repository, granted));
            links.put(repository, Map.of(digest, link));
        });
    }

    /** The registry has just said that the repository does not hold a manifest, or that it is not for us. */
    void withdrawn(Repository repository, Digest digest) {
        heads.remove(held(repository, digest));
        links.find(held(repository, digest)).ifPresent(link -> {
            granted(repository, digest, link)
                    .ifPresent(granted -> links.remove(repository, ContentKind.BLOB, granted.keySet()));
            links.remove(repository, ContentKind.MANIFEST, Set.of(digest));
            LOG.info("{} no longer serves {}@{}: what it grants is asked for again", repository.registry(), repository,
                    digest);
        });
    }

    /** The links that a manifest in the cache grants; empty when it is not in the cache. */
    private Optional<Map<Digest, Link>> granted(Repository repository, Digest digest, Link link) {
        return contents.read(stored(repository, digest, link)).flatMap(ManifestDocument::parse)
                .map(ManifestDocument::blobLinks);
    }

    private static Links.Held held(Repository repository, Digest digest) {
        return new Links.Held(repository, ContentKind.MANIFEST, digest);
    }

    private void keepBody(Repository repository, FetchedManifest fetched, Set<Digest> parts) {
        Digest stored = fetched.bodyDigest();
        if (!contents.keep(stored, fetched.body())) {
            return;
        }
        if (!stored.equals(fetched.digest())) {
            facts.putAnswer(repository, new Question.Body(fetched.digest()), new TagEntry(stored, Instant.EPOCH));
        }
        try {
            images.put(stored, parts);
        } catch (StoreException e) {
            events.accept(new StoreEvent.Failed(e));
        }
    }
}
