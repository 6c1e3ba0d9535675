package dev.freshet.cache.rocks.segment;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts of the readers and writers of each number, which keep its chunks from being freed. May be used by any thread. */
public final class ReferenceCounts {

    private final Consumer<DeletedBlob> whenFree;
    private final ConcurrentMap<Long, References> counts = new ConcurrentHashMap<>();

    /** @param deleted what is freed with the last reference; null when nothing is */
    private record References(int count, @Nullable DeletedBlob deleted) {}

    /** @param whenFree called on the thread that released the last reference to deleted chunks; must not wait */
    ReferenceCounts(Consumer<DeletedBlob> whenFree) {
        this.whenFree = whenFree;
    }

    /** Keeps chunks until {@link #release}; the caller must check afterwards that they had not been deleted before. */
    public void hold(long number) {
        counts.merge(number, new References(1, null), (held, one) -> new References(held.count + 1, held.deleted));
    }

    /** Ends a {@link #hold}. */
    public void release(long number) {
        @Nullable
        DeletedBlob[] free = {null};
        counts.computeIfPresent(number, (same, held) -> {
            free[0] = held.count == 1 ? held.deleted : null;
            return held.count == 1 ? null : new References(held.count - 1, held.deleted);
        });
        DeletedBlob deleted = free[0];
        if (deleted != null) {
            whenFree.accept(deleted);
        }
    }

    public boolean isHeld(long number) {
        return counts.containsKey(number);
    }

    /** The numbers that are held now. */
    public Set<Long> numbers() {
        return Set.copyOf(counts.keySet());
    }

    /** Frees chunks with their last reference; true when there is none, and the caller must free them. */
    public boolean markDeleted(DeletedBlob deleted) {
        return counts.computeIfPresent(deleted.number(), (number, held) -> new References(held.count, deleted)) == null;
    }
}
