package dev.freshet.cache.fill;

import dev.freshet.cache.name.Repository;

/** The result of opening a digest in the cache. The receiver of content closes it. */
public sealed interface Lookup {

    /**
     * The blob is stored.
     *
     * @param content all of it
     */
    record Stored(OpenedContent content) implements Lookup {}

    /**
     * A fill was under way already; this reader is one more of it.
     *
     * @param content from byte 0, as far as it has come
     * @param leader the repository that it is fetched from, which may not be the reader's own
     */
    record Joined(OpenedContent content, Repository leader) implements Lookup {}

    /**
     * A fill was begun for this reader.
     *
     * @param content nothing yet
     */
    record Started(OpenedContent content) implements Lookup {}

    /** As many fills as allowed are running and waiting; try again later. */
    record Rejected() implements Lookup {}
}
