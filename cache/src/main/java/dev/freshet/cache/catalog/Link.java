package dev.freshet.cache.catalog;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The statement that a repository holds content.
 *
 * @param kind the endpoint that serves it
 * @param mediaType as its registry or the manifest that names it says; empty when neither does
 * @param size bytes, as the manifest that names it says; empty when unknown
 * @param confirmedAt when the registry last said so, to the millisecond; empty when that was not noted
 */
public record Link(ContentKind kind, String mediaType, OptionalLong size, Optional<Instant> confirmedAt) {

    /** One whose time is not noted. */
    public Link(ContentKind kind, String mediaType, OptionalLong size) {
        this(kind, mediaType, size, Optional.empty());
    }

    /** The same, confirmed at this time. */
    public Link at(Instant time) {
        return new Link(kind, mediaType, size, Optional.of(time));
    }
}
