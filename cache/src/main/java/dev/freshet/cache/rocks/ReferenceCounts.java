package dev.freshet.cache.rocks;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who reads or writes the chunks under a number, so that none go under their hands. May be used by any thread. */
final class ReferenceCounts {

    private final Consumer<DeletedBlob> whenFree;
    private final ConcurrentMap<Long, Holders> held = new ConcurrentHashMap<>();

    /**
     * Who holds a number.
     *
     * @param count readers and writers
     * @param doomed what goes when the last of them has gone; null when nothing does
     */
    private record Holders(int count, @Nullable DeletedBlob doomed) {}

    /** @param whenFree hears, on the thread of whoever held it last, that doomed chunks may go; must not wait */
    ReferenceCounts(Consumer<DeletedBlob> whenFree) {
        this.whenFree = whenFree;
    }

    /** Keeps chunks until {@link #release}; whoever holds must then see that they were not doomed before. */
    void hold(long number) {
        held.merge(number, new Holders(1, null), (held, one) -> new Holders(held.count + 1, held.doomed));
    }

    /** Ends a {@link #hold}. */
    void release(long number) {
        @Nullable
        DeletedBlob[] free = {null};
        held.computeIfPresent(number, (same, holders) -> {
            free[0] = holders.count == 1 ? holders.doomed : null;
            return holders.count == 1 ? null : new Holders(holders.count - 1, holders.doomed);
        });
        DeletedBlob unused = free[0];
        if (unused != null) {
            whenFree.accept(unused);
        }
    }

    boolean isHeld(long number) {
        return held.containsKey(number);
    }

    /** Those that are held now. */
    Set<Long> numbers() {
        return Set.copyOf(held.keySet());
    }

    /** Lets chunks go with their last holder; true when nobody holds them, and the caller must see to it. */
    boolean doom(DeletedBlob unused) {
        return held.computeIfPresent(unused.number(), (number, holders) -> new Holders(holders.count, unused)) == null;
    }
}
