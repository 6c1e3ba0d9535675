package dev.freshet.proxy.serve;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import dev.freshet.proxy.upstream.FetchedManifest;
import dev.freshet.proxy.upstream.ManifestHead;
import dev.freshet.proxy.upstream.UpstreamException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The manifests that are kept, with what they grant. A manifest is served for a repository only when its registry has
 * said, for this very repository, that it holds it.
 *
 * <p>Keeping is best effort: what cannot be written is served all the same, and fetched again next time.
 */
final class ManifestShelf {

    private static final Logger LOG = LoggerFactory.getLogger(ManifestShelf.class);

    private final BlobStore blobs;
    private final Catalog catalog;
    private final Images images;

    ManifestShelf(BlobStore blobs, Catalog catalog, Images images) {
        this.blobs = blobs;
        this.catalog = catalog;
        this.images = images;
    }

    /**
     * A manifest to serve.
     *
     * @param length bytes
     * @param body empty when only its head is known, or wanted
     */
    record Kept(Digest digest, String mediaType, long length, Optional<byte[]> body) {}

    /** The manifest with its body, if this repository may have it and it is here. */
    Optional<Kept> find(Repository repository, Digest digest) throws StoreException {
        Optional<Link> link = catalog.link(repository, ContentKind.MANIFEST, digest);
        if (link.isEmpty()) {
            return Optional.empty();
        }
        Optional<byte[]> body = read(digest);
        return body.map(bytes -> new Kept(digest, link.get().mediaType(), bytes.length, Optional.of(bytes)));
    }

    /** The manifest's head, if this repository may have it and enough is known of it. */
    Optional<Kept> findHead(Repository repository, Digest digest) throws StoreException {
        return catalog.link(repository, ContentKind.MANIFEST, digest)
                .filter(link -> link.size().isPresent() && !link.mediaType().isEmpty())
                .map(link -> new Kept(digest, link.mediaType(), link.size().getAsLong(), Optional.empty()));
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
        Map<Digest, Link> links = new HashMap<>(document.blobLinks());
        try {
            write(fetched);
            images.put(fetched.digest(), links.keySet());
            catalog.putLinks(repository, links);
            catalog.putLinks(repository, Map.of(fetched.digest(),
                    new Link(ContentKind.MANIFEST, mediaType, OptionalLong.of(length))));
        } catch (StoreException e) {
            LOG.warn("manifest {}@{} is served and not kept: {}", repository, fetched.digest(), e.getMessage());
        }
        return new Kept(fetched.digest(), mediaType, length, Optional.of(fetched.body()));
    }

    /** Keeps what the registry has said of a manifest; empty when that is too little to serve. */
    Optional<Kept> keepHead(Repository repository, ManifestHead head) {
        if (head.size().isEmpty() || head.mediaType().isEmpty()) {
            return Optional.empty();
        }
        try {
            catalog.putLinks(repository,
                    Map.of(head.digest(), new Link(ContentKind.MANIFEST, head.mediaType(), head.size())));
        } catch (StoreException e) {
            LOG.warn("head of manifest {}@{} is not kept: {}", repository, head.digest(), e.getMessage());
        }
        return Optional.of(new Kept(head.digest(), head.mediaType(), head.size().getAsLong(), Optional.empty()));
    }

    /** What a tag meant when it was last confirmed. */
    Optional<TagEntry> tag(Repository repository, Tag tag) throws StoreException {
        return catalog.tag(repository, tag);
    }

    /** Notes what a tag means. */
    void keepTag(Repository repository, Tag tag, TagEntry entry) {
        try {
            catalog.putTag(repository, tag, entry);
        } catch (StoreException e) {
            LOG.warn("tag {}:{} is not kept: {}", repository, tag, e.getMessage());
        }
    }

    /** Forgets a tag that its registry no longer has. */
    void dropTag(Repository repository, Tag tag) throws StoreException {
        catalog.removeTag(repository, tag);
    }

    private void write(FetchedManifest fetched) throws StoreException {
        try (BlobWriter writer = blobs.beginAnew(fetched.digest(), OptionalLong.of(fetched.body().length))) {
            writer.append(ByteBuffer.wrap(fetched.body()));
            writer.commit().close();
        }
    }

    private Optional<byte[]> read(Digest digest) throws StoreException {
        try (StoredBlob blob = blobs.open(digest).orElse(null)) {
            if (blob == null) {
                return Optional.empty();
            }
            ByteBuffer body = ByteBuffer.allocate(Math.toIntExact(blob.length()));
            int count = 0;
            while (count >= 0 && body.hasRemaining()) {
                count = blob.read(body.position(), body);
            }
            return Optional.of(body.array());
        } catch (DamagedBlobException e) {
            LOG.warn("manifest is fetched again: {}", e.getMessage());
            blobs.remove(digest);
            return Optional.empty();
        }
    }
}
