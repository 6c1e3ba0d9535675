package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreEvent;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Remembers what a store has told. */
final class RecordingStoreListener implements Consumer<Event> {

    private final Queue<Eviction> evictions = new ConcurrentLinkedQueue<>();
    private final Queue<Digest> damaged = new ConcurrentLinkedQueue<>();
    private final Queue<Loss> losses = new ConcurrentLinkedQueue<>();
    private final Queue<String> states = new ConcurrentLinkedQueue<>();

    /** Contents whose records are lost. */
    record Loss(long blobs, long bytes) {}

    /** One content that had to go. */
    record Eviction(Digest digest, long bytes, EvictionReason reason) {}

    @Override
    public void accept(Event event) {
        switch ((StoreEvent) event) {
            case StoreEvent.Evicted eviction ->
                evictions.add(new Eviction(eviction.digest(), eviction.bytes(), eviction.reason()));
            case StoreEvent.Damaged damage -> damaged.add(damage.digest());
            case StoreEvent.Lost lost -> losses.add(new Loss(lost.blobs(), lost.bytes()));
            case StoreEvent.Failed failed -> throw new AssertionError("a store does not report its failed calls");
            case StoreEvent.Unwritable unwritable -> states.add("unwritable: " + unwritable.why());
            case StoreEvent.Writable writable -> states.add("writable");
        }
    }

    List<Eviction> evictions() {
        return List.copyOf(evictions);
    }

    List<Digest> evicted() {
        return evictions.stream().map(Eviction::digest).toList();
    }

    List<Loss> losses() {
        return List.copyOf(losses);
    }

    List<Digest> damaged() {
        return List.copyOf(damaged);
    }

    /** What became of the store's writing, in order. */
    List<String> states() {
        return List.copyOf(states);
    }
}
