package dev.freshet.cache.flight;

import dev.freshet.cache.name.Digest;

/** Hears of flights; called on the flight's thread, must be short, must not throw. */
public interface FlightListener {

    /** A flight has been begun. */
    void began(Digest digest, BlobOrigin origin);

    /**
     * A flight has ended.
     *
     * @param bytes how many were received
     */
    void ended(Digest digest, BlobOrigin origin, FlightEnd end, long bytes);

    /** Stored content turned out damaged and was removed. */
    void damaged(Digest digest, String message);
}
