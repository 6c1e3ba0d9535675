package dev.freshet.proxy.serve.prefetch;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** An image in the {@link PrefetchQueue}, which guards it. */
final class PrefetchPull {

    private final Repository repository;
    private final boolean askedFor;
    private final Set<Digest> all;
    private final Queue<PrefetchPart> left;
    private long wantedAt;

    /**
     * @param askedFor whether somebody has asked for it by name
     * @param now nanoseconds
     */
    PrefetchPull(Repository repository, Collection<PrefetchPart> parts, boolean askedFor, long now) {
        this.repository = repository;
        this.askedFor = askedFor;
        this.all = parts.stream().map(PrefetchPart::digest).collect(Collectors.toUnmodifiableSet());
        this.left = new ArrayDeque<>(parts);
        this.wantedAt = now;
    }

    Repository repository() {
        return repository;
    }

    boolean isAskedFor() {
        return askedFor;
    }

    /** Whether the blob is of this image. */
    boolean holds(Digest digest) {
        return all.contains(digest);
    }

    boolean hasMore() {
        return !left.isEmpty();
    }

    /** The next blob that nobody has begun to fetch. */
    PrefetchPart next() {
        return left.element();
    }

    /** Takes out the next one. */
    PrefetchPart remove() {
        return left.remove();
    }

    /** A client has come for it. */
    void wantedAt(long now) {
        wantedAt = now;
    }

    /** Whether it was asked for, or a client has come for it not longer ago than this, or reads any of it still. */
    boolean isWanted(long now, long patienceNanos, Predicate<Digest> isBeingRead) {
        if (!askedFor && now - wantedAt > patienceNanos && all.stream().anyMatch(isBeingRead)) {
            wantedAt = now;
        }
        return askedFor || now - wantedAt <= patienceNanos;
    }
}
