package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.store.StoreException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Facts that upstream registries have stated. Bytes are keyed by digest alone, permission by repository: content may be
 * served for a repository only if a {@link Link} says that the repository holds it.
 *
 * <p>Every call is atomic and durable against the end of the process; a later statement replaces an earlier one. All
 * methods may be called by any thread.
 *
 * <p>What was stated about content that is not stored may be forgotten one day; then the registry has to be asked again.
 */
public interface Catalog extends ForeignFacts, AnswerFacts, AbsenceFacts {

    /** What a tag meant when it was last confirmed; empty when it was never seen. */
    Optional<TagEntry> tag(Repository repository, Tag tag) throws StoreException;

    /** States what a tag means. */
    void putTag(Repository repository, Tag tag, TagEntry entry) throws StoreException;

    /** Forgets a tag, as its registry no longer has it; nothing happens when it is unknown. */
    void removeTag(Repository repository, Tag tag) throws StoreException;

    /** How a repository holds content of this kind; empty when it is not known to. */
    Optional<Link> link(Repository repository, ContentKind kind, Digest digest) throws StoreException;

    /** States, all at once, that a repository holds this content. */
    void putLinks(Repository repository, Map<Digest, Link> links) throws StoreException;

    /** Forgets that a repository holds this content of this kind; nothing happens to what it is not known to hold. */
    void removeLinks(Repository repository, ContentKind kind, Set<Digest> digests) throws StoreException;

    /** States what a manifest's image consists of, besides the manifest: its config and its layers. */
    void putParts(Digest manifest, Set<Digest> parts) throws StoreException;

    /** What a manifest's image consists of; empty when that was never stated. */
    Set<Digest> parts(Digest manifest) throws StoreException;
}
