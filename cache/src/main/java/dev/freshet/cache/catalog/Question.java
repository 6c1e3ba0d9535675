package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Tag;

/** What a registry can be asked about a repository, besides what a tag means, and may answer otherwise another time. */
public sealed interface Question extends Resource {

    /** Which tags it has. */
    record Tags() implements Question {}

    /** What refers to a manifest. */
    record Referrers(Digest subject) implements Question {}

    /**
     * What a tag means to somebody who does not take everything.
     *
     * @param accepted a digest of the media types that are taken, the same for the same set
     */
    record Variant(Tag tag, Digest accepted) implements Question {}

    /**
     * Under which digest the body of a manifest is stored that does not hash to the manifest's own digest, as the latter is
     * of a part of it only. It is never asked anew; the time of its answer says nothing.
     */
    record Body(Digest manifest) implements Question {}
}
