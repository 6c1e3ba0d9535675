package dev.freshet.proxy;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreListener;
import java.util.concurrent.atomic.AtomicLong;

/** A listener that counts losses of the store, keeps why it is not writable, and forwards all events. */
final class StoreWatch implements StoreListener {

    private final StoreListener next;
    private final AtomicLong losses = new AtomicLong();
    private volatile String whyUnwritable = "no reason is known";

    StoreWatch(StoreListener next) {
        this.next = next;
    }

    /** The number of losses of content so far, by eviction or damage. */
    long losses() {
        return losses.get();
    }

    /** Why the store last became not writable. */
    String whyUnwritable() {
        return whyUnwritable;
    }

    @Override
    public void evicted(Digest digest, long bytes, EvictionReason reason) {
        losses.incrementAndGet();
        next.evicted(digest, bytes, reason);
    }

    @Override
    public void damaged(Digest digest, String message) {
        losses.incrementAndGet();
        next.damaged(digest, message);
    }

    @Override
    public void lost(long blobs, long bytes, String message) {
        losses.addAndGet(blobs);
        next.lost(blobs, bytes, message);
    }

    @Override
    public void unwritable(String why) {
        whyUnwritable = why;
        next.unwritable(why);
    }

    @Override
    public void writable() {
        next.writable();
    }
}
