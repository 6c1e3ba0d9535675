package dev.freshet.proxy;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.FillListener;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreException;
import java.util.function.Consumer;

/** Passes on what is heard of flights, and then tells of their ends somebody who came after the cache was made. */
final class FillWatch implements FillListener {

    private final FillListener next;
    private volatile Consumer<Digest> onEnd = digest -> {};

    FillWatch(FillListener next) {
        this.next = next;
    }

    /** From now on this hears of every end; it must be short and must not throw. */
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
