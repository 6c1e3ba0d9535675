package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The fills of a cache: those that run, and at most one of each {@link FillKey} for others to join. Each method is one step;
 * {@link #locked} makes one of several. May be used by any thread.
 */
final class Fills {

    private final Executor executor;
    private final Shared shared;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<FillKey, Joinable> joinable = new HashMap<>();
    private final Set<Fill> flying = new HashSet<>();
    private boolean closed;

    /**
     * What fills can be told from each other by.
     *
     * @param kin as {@link BlobOrigin#apart} says
     */
    record FillKey(Digest digest, Optional<Object> kin) {

        static FillKey common(Digest digest) {
            return new FillKey(digest, Optional.empty());
        }
    }

    /** A fill for others to join, and what it asks. */
    private record Joinable(Fill fill, WatchedOrigin origin) {

        Optional<FillReader> join(boolean isWhole, OptionalLong expected) {
            return fill.board().join(isWhole, expected, origin::source);
        }
    }

    /** @param executor runs them, each for as long as it takes, and rejects what is too many */
    Fills(Executor executor, Shared shared) {
        this.executor = executor;
        this.shared = shared;
    }

    /** Does something between whose steps no fill begins or goes. */
    <T> T locked(Supplier<T> steps) {
        lock.lock();
        try {
            return steps.get();
        } finally {
            lock.unlock();
        }
    }

    /**
     * One more reader of the one that can be joined; empty when there is none.
     *
     * @param own the reader's own origin, if it has one: when that is another upstream, one that stands still is not joined
     */
    Optional<Lookup> join(FillKey strain, boolean isWhole, OptionalLong expected, Optional<Repository> own) {
        return locked(() -> {
            Joinable running = joinable.get(strain);
            boolean isOfNoUse = running != null && own.map(mine -> isElsewhere(running, mine)).orElse(false)
                    && running.fill().board().isStandingStill();
            return running == null || isOfNoUse
                    ? Optional.empty()
                    : running.join(isWhole, expected)
                            .map(content -> new Lookup.Joined(content, running.origin().repository()));
        });
    }

    private static boolean isElsewhere(Joinable running, Repository own) {
        return !running.origin().repository().registry().equals(own.registry());
    }

    /** Ends those that have taken too long, and wakes readers that need not wait any longer. */
    void look() {
        List<Fill> running = locked(() -> new ArrayList<>(flying));
        running.forEach(Fill::look);
    }

    /** Begins one, which is the one to join from now on; declined when that is one too many, or too late. */
    Lookup begin(FillKey strain, OptionalLong expectedLength, boolean isWhole, BlobOrigin origin) {
        return locked(() -> closed ? new Lookup.Rejected() : beginNow(strain, expectedLength, isWhole, origin));
    }

    private Lookup beginNow(FillKey strain, OptionalLong expectedLength, boolean isWhole, BlobOrigin origin) {
        WatchedOrigin watched = new WatchedOrigin(origin);
        Fill fill = new Fill(strain.digest(), expectedLength, watched,
                strain.kin().isPresent() ? shared.apart() : shared, ended -> remove(strain, ended));
        Joinable begun = new Joinable(fill, watched);
        Content content = begun.join(isWhole, expectedLength).orElseThrow();
        joinable.put(strain, begun);
        flying.add(fill);
        boolean accepted = false;
        try {
            executor.execute(fill);
            accepted = true;
            return new Lookup.Started(content);
        } catch (RejectedExecutionException e) {
            return new Lookup.Rejected();
        } finally {
            if (!accepted) {
                remove(strain, fill);
                content.close();
            }
        }
    }

    private void remove(FillKey strain, Fill fill) {
        lock.lock();
        try {
            flying.remove(fill);
            joinable.computeIfPresent(strain, (same, last) -> last.fill().equals(fill) ? null : last);
        } finally {
            lock.unlock();
        }
    }

    /** The last one that was begun, if it still runs. */
    Optional<Fill> running(FillKey strain) {
        return locked(() -> Optional.ofNullable(joinable.get(strain)).map(Joinable::fill));
    }

    /** Whether {@link #join} would find one. */
    boolean isJoinable(FillKey strain) {
        return locked(() -> running(strain).filter(fill -> fill.board().isJoinable()).isPresent());
    }

    /** How many are running or waiting for a thread. */
    int count() {
        return locked(flying::size);
    }

    /** How many readers they have, all together. */
    int readers() {
        return locked(() -> flying.stream().mapToInt(fill -> fill.board().readers()).sum());
    }

    /** Aborts all, and begins none any more. */
    void close() {
        List<Fill> running = locked(() -> {
            closed = true;
            return new ArrayList<>(flying);
        });
        running.forEach(Fill::abort);
    }
}
