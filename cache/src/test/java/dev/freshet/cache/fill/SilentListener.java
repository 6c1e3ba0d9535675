package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreException;

/** Hears of fills and keeps it to itself. */
public class SilentListener implements FillListener {

    @Override
    public void began(Digest digest, BlobOrigin origin) {}

    @Override
    public void resumed(Digest digest, BlobOrigin origin, long bytes) {}

    @Override
    public void ended(Digest digest, BlobOrigin origin, FillOutcome end, long bytes) {}

    @Override
    public void storeFailed(Digest digest, StoreException failure) {}

    @Override
    public void damaged(Digest digest, String message) {}
}
