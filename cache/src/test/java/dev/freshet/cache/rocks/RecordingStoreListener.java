package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreListener;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Remembers what a store has told. */
final class RecordingStoreListener implements StoreListener {

    private final Queue<Eviction> evictions = new ConcurrentLinkedQueue<>();
    private final Queue<Digest> damaged = new ConcurrentLinkedQueue<>();
    private final Queue<Loss> losses = new ConcurrentLinkedQueue<>();
    private final Queue<String> states = new ConcurrentLinkedQueue<>();

    /** Contents whose records are lost. */
    record Loss(long blobs, long bytes) {}

    /** One content that had to go. */
    record Eviction(Digest digest, long bytes, EvictionReason reason) {}

    @Override
    public void evicted(Digest digest, long bytes, EvictionReason reason) {
        evictions.add(new Eviction(digest, bytes, reason));
    }

    @Override
    public void damaged(Digest digest, String message) {
        damaged.add(digest);
    }

    @Override
    public void lost(long blobs, long bytes, String message) {
        losses.add(new Loss(blobs, bytes));
    }

    @Override
    public void unwritable(String why) {
        states.add("unwritable: " + why);
    }

    @Override
    public void writable() {
        states.add("writable");
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
