package dev.freshet.cache.fill;

import dev.freshet.cache.store.BlobStore;
import java.util.concurrent.Executor;

/**
 * What all fills of a cache share.
 *
 * @param store takes their bytes
 * @param bounds for bytes that it does not take
 * @param hashThreads for the fast ones
 * @param fetching how they fetch
 * @param helpers runs what brings more than one stretch at a time, and rejects what is too many
 * @param listener learns how they begin and end
 * @param isApart whether they take up nothing that others have left, and leave nothing
 */
record Shared(BlobStore store, PassThrough bounds, HashThreads hashThreads, Fetching fetching,
        Executor helpers, FillListener listener, boolean isApart) {

    /** The same, for fills {@linkplain BlobOrigin#apart apart}. */
    Shared apart() {
        return new Shared(store, bounds, hashThreads, fetching, helpers, listener, true);
    }
}
