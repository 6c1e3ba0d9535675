package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Reference;

/** Something that a registry may have of a repository, or may not have. */
public sealed interface Resource
        permits Question, Resource.Manifest, Resource.Blob, Resource.Referrer, Resource.ReferrersApi {

    /** The manifest that a tag means to a client that takes every type, or one with this digest. */
    record Manifest(Reference reference) implements Resource {}

    /** A blob. */
    record Blob(Digest digest) implements Resource {}

    /** Any manifest that refers to this one; where it is absent, the list of referrers is empty. */
    record Referrer(Digest subject) implements Resource {}

    /** The endpoint that lists referrers, which a registry has for all of its repositories or for none. */
    record ReferrersApi() implements Resource {}
}
