package dev.freshet.proxy;

import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreEvent;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A sink that counts losses of the store and keeps why it is not writable. */
final class StoreWatch implements Consumer<Event> {

    private final AtomicLong losses = new AtomicLong();
    private volatile String whyUnwritable = "no reason is known";

    /** The number of losses of content so far, by eviction or damage. */
    long losses() {
        return losses.get();
    }

    /** Why the store last became not writable. */
    String whyUnwritable() {
        return whyUnwritable;
    }

    @Override
    public void accept(Event event) {
        if (event instanceof StoreEvent store) {
            switch (store) {
                case StoreEvent.Evicted evicted -> losses.incrementAndGet();
                case StoreEvent.Damaged damaged -> losses.incrementAndGet();
                case StoreEvent.Lost lost -> losses.addAndGet(lost.blobs());
                case StoreEvent.Unwritable unwritable -> whyUnwritable = unwritable.why();
                case StoreEvent.Writable writable -> {
                }
                case StoreEvent.Failed failed -> {
                }
            }
        }
    }
}
