package dev.freshet.proxy;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreListener;
import java.util.concurrent.atomic.AtomicLong;

/** Remembers what a store has told, for those who ask later, and passes it on. */
final class StoreWatch implements StoreListener {

    private final StoreListener next;
    private final AtomicLong losses = new AtomicLong();
    private volatile String whyUnwritable = "no reason is known";

    StoreWatch(StoreListener next) {
        this.next = next;
    }

    /** How often content was lost so far, by eviction or damage. */
    long losses() {
        return losses.get();
    }

    /** Why the store took nothing more when it last did not. */
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
