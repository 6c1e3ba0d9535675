package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Tag;

/** A question to a registry about a repository, besides what a tag means, whose answer may change. */
public sealed interface Question extends Resource {

    /** The list of tags. */
    record Tags() implements Question {}

    /** The list of referrers of a manifest. */
    record Referrers(Digest subject) implements Question {}

    /**
     * The meaning of a tag for a client that accepts only some media types.
     *
     * @param accepted a digest of the media types that are taken, the same for the same set
     */
    record Variant(Tag tag, Digest accepted) implements Question {}

    /**
     * The digest under which the body of a manifest is stored that does not hash to the manifest's own digest, which is the
     * hash of a part of it only. It is never asked anew; the time of its answer says nothing.
     */
    record Body(Digest manifest) implements Question {}
}
