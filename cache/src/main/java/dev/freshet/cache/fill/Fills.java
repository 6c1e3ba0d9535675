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
 * The flights of a cache: those that run, and at most one of each {@link Strain} for others to join. Each method is one step;
 * {@link #locked} makes one of several. May be used by any thread.
 */
final class Fills {

    private final Executor executor;
    private final Shared shared;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Strain, Joinable> joinable = new HashMap<>();
    private final Set<Flight> flying = new HashSet<>();
    private boolean closed;

    /**
     * What flights can be told from each other by.
     *
     * @param kin as {@link BlobOrigin#apart} says
     */
    record Strain(Digest digest, Optional<Object> kin) {

        static Strain common(Digest digest) {
            return new Strain(digest, Optional.empty());
        }
    }

    /** A flight for others to join, and what it asks. */
    private record Joinable(Flight flight, WatchedOrigin origin) {

        Optional<FillReader> join(boolean isWhole, OptionalLong expected) {
            return flight.board().join(isWhole, expected, origin::source);
        }
    }

    /** @param executor runs them, each for as long as it takes, and rejects what is too many */
    Fills(Executor executor, Shared shared) {
        this.executor = executor;
        this.shared = shared;
    }

    /** Does something between whose steps no flight begins or goes. */
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
    Optional<Lookup> join(Strain strain, boolean isWhole, OptionalLong expected, Optional<Repository> own) {
        return locked(() -> {
            Joinable running = joinable.get(strain);
            boolean isOfNoUse = running != null && own.map(mine -> isElsewhere(running, mine)).orElse(false)
                    && running.flight().board().isStandingStill();
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
        List<Flight> running = locked(() -> new ArrayList<>(flying));
        running.forEach(Flight::look);
    }

    /** Begins one, which is the one to join from now on; declined when that is one too many, or too late. */
    Lookup begin(Strain strain, OptionalLong expectedLength, boolean isWhole, BlobOrigin origin) {
        return locked(() -> closed ? new Lookup.Rejected() : beginNow(strain, expectedLength, isWhole, origin));
    }

    private Lookup beginNow(Strain strain, OptionalLong expectedLength, boolean isWhole, BlobOrigin origin) {
        WatchedOrigin watched = new WatchedOrigin(origin);
        Flight flight = new Flight(strain.digest(), expectedLength, watched,
                strain.kin().isPresent() ? shared.apart() : shared, ended -> remove(strain, ended));
        Joinable begun = new Joinable(flight, watched);
        Content content = begun.join(isWhole, expectedLength).orElseThrow();
        joinable.put(strain, begun);
        flying.add(flight);
        boolean accepted = false;
        try {
            executor.execute(flight);
            accepted = true;
            return new Lookup.Started(content);
        } catch (RejectedExecutionException e) {
            return new Lookup.Rejected();
        } finally {
            if (!accepted) {
                remove(strain, flight);
                content.close();
            }
        }
    }

    private void remove(Strain strain, Flight flight) {
        lock.lock();
        try {
            flying.remove(flight);
            joinable.computeIfPresent(strain, (same, last) -> last.flight().equals(flight) ? null : last);
        } finally {
            lock.unlock();
        }
    }

    /** The last one that was begun, if it still runs. */
    Optional<Flight> running(Strain strain) {
        return locked(() -> Optional.ofNullable(joinable.get(strain)).map(Joinable::flight));
    }

    /** Whether {@link #join} would find one. */
    boolean isJoinable(Strain strain) {
        return locked(() -> running(strain).filter(flight -> flight.board().isJoinable()).isPresent());
    }

    /** How many are running or waiting for a thread. */
    int count() {
        return locked(flying::size);
    }

    /** How many readers they have, all together. */
    int readers() {
        return locked(() -> flying.stream().mapToInt(flight -> flight.board().readers()).sum());
    }

    /** Aborts all, and begins none any more. */
    void close() {
        List<Flight> running = locked(() -> {
            closed = true;
            return new ArrayList<>(flying);
        });
        running.forEach(Flight::abort);
    }
}
