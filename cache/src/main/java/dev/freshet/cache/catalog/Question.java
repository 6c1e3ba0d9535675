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
     * @param accepted the media types that are taken, in words that are the same for the same set
     */
    record Variant(Tag tag, String accepted) implements Question {}
}
