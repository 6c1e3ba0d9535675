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
 * The registry of a cache's fills: those that run, and at most one of each {@link FillKey} to join. Each method is one step;
 * {@link #locked} makes one of several. Thread-safe.
 */
final class Fills {

    private final Executor executor;
    private final Fill.Shared shared;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<FillKey, Fill> joinable = new HashMap<>();
    private final Set<Fill> running = new HashSet<>();
    private boolean closed;

    /**
     * The digest of a fill, and its sharing scope: who may join it.
     *
     * @param scope as {@link BlobOrigin#sharingScope} says
     */
    record FillKey(Digest digest, Optional<Object> scope) {

        static FillKey common(Digest digest) {
            return new FillKey(digest, Optional.empty());
        }
    }

    /** @param executor runs them, each for as long as it takes, and rejects what is too many */
    Fills(Executor executor, Fill.Shared shared) {
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
    Optional<Lookup> join(FillKey key, boolean isWhole, OptionalLong expected, Optional<Repository> own) {
        return locked(() -> {
            Fill last = joinable.get(key);
            boolean isOfNoUse = last != null && own.map(mine -> isElsewhere(last, mine)).orElse(false)
                    && last.monitor().locked(FillState::isStandingStill);
            return last == null || isOfNoUse
                    ? Optional.empty()
                    : last.join(isWhole, expected)
                            .map(content -> new Lookup.Joined(content, last.repository()));
        });
    }

    private static boolean isElsewhere(Fill running, Repository own) {
        return !running.repository().registry().equals(own.registry());
    }

    /** Ends those that have taken too long, and wakes readers that need not wait any longer. */
    void look() {
        locked(() -> new ArrayList<>(running)).forEach(Fill::look);
    }

    /** Begins one, which is the one to join from now on; rejected when that is one too many, or too late. */
    Lookup begin(FillKey key, OptionalLong expectedLength, boolean isWhole, BlobOrigin origin) {
        return locked(() -> closed ? new Lookup.Rejected() : beginNow(key, expectedLength, isWhole, origin));
    }

    private Lookup beginNow(FillKey key, OptionalLong expectedLength, boolean isWhole, BlobOrigin origin) {
        Fill fill = new Fill(key, expectedLength, origin, shared, ended -> remove(key, ended));
        FillReader content = fill.join(isWhole, expectedLength).orElseThrow();
        joinable.put(key, fill);
        running.add(fill);
        boolean accepted = false;
        try {
            executor.execute(fill);
            accepted = true;
            return new Lookup.Started(content);
        } catch (RejectedExecutionException e) {
            return new Lookup.Rejected();
        } finally {
            if (!accepted) {
                remove(key, fill);
                content.close();
            }
        }
    }

    private void remove(FillKey key, Fill fill) {
        lock.lock();
        try {
            running.remove(fill);
            joinable.computeIfPresent(key, (same, last) -> last.equals(fill) ? null : last);
        } finally {
            lock.unlock();
        }
    }

    /** The last one that was begun, if it still runs. */
    Optional<Fill> running(FillKey key) {
        return locked(() -> Optional.ofNullable(joinable.get(key)));
    }

    /** Whether {@link #join} would find one. */
    boolean isJoinable(FillKey key) {
        return locked(() -> running(key).filter(fill -> fill.monitor().isJoinable()).isPresent());
    }

    /** How many are running or waiting for a thread. */
    int count() {
        return locked(running::size);
    }

    /** How many readers they have, all together. */
    int readers() {
        return locked(() -> running.stream().mapToInt(fill -> fill.monitor().locked(FillState::readers)).sum());
    }

    /** Aborts all, and begins none any more. */
    void close() {
        List<Fill> last = locked(() -> {
            closed = true;
            return new ArrayList<>(running);
        });
        last.forEach(Fill::abort);
    }
}
