package dev.freshet.cache.flight;

/** What the cache has for a digest. Whoever gets content closes it. */
public sealed interface Lookup {

    /**
     * The blob is stored.
     *
     * @param content all of it
     */
    record Stored(Content content) implements Lookup {}

    /**
     * A fill was under way already; this reader is one more of it.
     *
     * @param content from byte 0, as far as it has come
     */
    record Joined(Content content) implements Lookup {}

    /**
     * A fill was begun for this reader.
     *
     * @param content nothing yet
     */
    record Leading(Content content) implements Lookup {}

    /** As many fills as allowed are running and waiting; try again later. */
    record Declined() implements Lookup {}
}
