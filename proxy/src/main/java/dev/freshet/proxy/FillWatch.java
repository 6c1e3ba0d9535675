package dev.freshet.proxy;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.FillListener;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreException;
import java.util.function.Consumer;

/** A listener that forwards the events of fills, and also reports their ends to a listener that is set later. */
final class FillWatch implements FillListener {

    private final FillListener next;
    private volatile Consumer<Digest> onEnd = digest -> {};

    FillWatch(FillListener next) {
        this.next = next;
    }

    /** Sets the listener for ends of fills. It must be quick and must not throw. */
    void onEnd(Consumer<Digest> listener) {
        onEnd = listener;
    }

    @Override
    public void began(Digest digest, BlobOrigin origin) {
        next.began(digest, origin);
    }

    @Override
    public void resumed(Digest digest, BlobOrigin origin, long bytes) {
        next.resumed(digest, origin, bytes);
    }

    @Override
    public void ended(Digest digest, BlobOrigin origin, FillOutcome end, long bytes) {
        next.ended(digest, origin, end, bytes);
        onEnd.accept(digest);
    }

    @Override
    public void storeFailed(Digest digest, StoreException failure) {
        next.storeFailed(digest, failure);
    }

    @Override
    public void damaged(Digest digest, String message) {
        next.damaged(digest, message);
    }
}
