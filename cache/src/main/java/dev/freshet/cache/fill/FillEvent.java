package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.Event;

/** An event of a fill, reported on the fill's thread. */
public sealed interface FillEvent extends Event {

    /** A fill has started. */
    record Began(Digest digest, BlobOrigin origin) implements FillEvent {}

    /**
     * A fill of a whole blob continues where an earlier one has stopped.
     *
     * @param bytes that are stored already
     */
    record Resumed(Digest digest, BlobOrigin origin, long bytes) implements FillEvent {}

    /**
     * A fill has ended.
     *
     * @param bytes received from the origin
     */
    record Ended(Digest digest, BlobOrigin origin, FillOutcome outcome, long bytes) implements FillEvent {}
}
