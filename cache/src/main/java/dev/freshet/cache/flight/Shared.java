package dev.freshet.cache.flight;

import dev.freshet.cache.store.BlobStore;

/**
 * What all flights of a cache share.
 *
 * @param store takes their bytes
 * @param bounds for bytes that it does not take
 * @param hashThreads for the fast ones
 * @param listener learns how they begin and end
 */
record Shared(BlobStore store, PassThrough bounds, HashThreads hashThreads, FlightListener listener) {}
