package dev.freshet.cache.flight;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
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
 * Blobs by digest, stored or on their way, with at most one flight per digest to join at any time, beside those that are
 * {@linkplain BlobOrigin#apart apart}: finding nothing and
 * beginning the flight is one step, and so is joining. A flight leaves only after its commit, so that whoever misses it
 * finds the blob stored.
 *
 * <p>A flight whose first bytes the store has not taken, and which have passed by, cannot be joined any more. Whoever comes
 * then begins another, which is the one to join from there on; the older one goes on for the readers that it has.
 *
 * <p>A store that fails is no reason to fail: what it cannot tell counts as not stored, what it cannot read back is fetched
 * also in the middle, and what it does not take is served all the same.
 *
 * <p>It does not ask who may see a blob; the caller has done that. All methods may be called by any thread.
 */
public final class ContentCache implements AutoCloseable {

    private final BlobStore store;
    private final Executor executor;
    private final Executor housekeeping;
    private final FlightListener listener;
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
    private record Strain(Digest digest, Optional<Object> kin) {

        static Strain common(Digest digest) {
            return new Strain(digest, Optional.empty());
        }
    }

    /** A flight for others to join, and what it asks. */
    private record Joinable(Flight flight, WatchedOrigin origin) {

        Optional<Content> join(boolean isWhole, OptionalLong expected) {
            return flight.board().join(isWhole, expected, origin::source);
        }
    }

    /**
     * @param store stays open when the cache is closed
     * @param executor runs the flights, each for as long as it takes, and rejects what is too many
     * @param housekeeping drops content that readers have found damaged
     */
    public ContentCache(BlobStore store, Executor executor, Executor housekeeping, FlightListener listener) {
        this(store, executor, housekeeping, PassThrough.DEFAULT, listener);
    }

    /**
     * @param helpers runs further connections of flights, each for as long as it takes, and rejects what is too many
     * @param fetching how flights fetch
     */
    public ContentCache(BlobStore store, Executor executor, Executor helpers, Executor housekeeping, Fetching fetching,
            FlightListener listener) {
        this(store, executor, helpers, housekeeping, fetching, PassThrough.DEFAULT, listener);
    }

    ContentCache(BlobStore store, Executor executor, Executor housekeeping, PassThrough bounds,
            FlightListener listener) {
        this(store, executor, ContentCache::reject, housekeeping, Fetching.with(1, () -> 0), bounds, listener);
    }

    ContentCache(BlobStore store, Executor executor, Executor helpers, Executor housekeeping, Fetching fetching,
            PassThrough bounds, FlightListener listener) {
        this.store = store;
        this.executor = executor;
        this.housekeeping = housekeeping;
        this.listener = listener;
        this.shared = new Shared(store, bounds, new HashThreads(Runtime.getRuntime().availableProcessors()),
                fetching, helpers, listener, false);
    }

    private static void reject(Runnable helper) {
        throw new RejectedExecutionException("one connection is all there is");
    }

    /** As {@link #open(Digest, OptionalLong, boolean, BlobOrigin)}, for all of it. */
    public Lookup open(Digest digest, OptionalLong expectedLength, BlobOrigin origin) {
        return open(digest, expectedLength, true, origin);
    }

    /**
     * Finds the blob, or joins its flight, or begins one.
     *
     * @param expectedLength bytes, as a manifest of the origin's repository has stated it; an origin that states another
     *     is refused, and one whose whole blob is left from an earlier flight is not asked at all
     * @param isWhole whether all of it is wanted; if not, {@link Content#want} is to say what, and has only that fetched
     * @param origin one that is {@linkplain BlobOrigin#apart apart} finds nothing that is stored
     */
    public Lookup open(Digest digest, OptionalLong expectedLength, boolean isWhole, BlobOrigin origin) {
        Optional<Object> kin = origin.apart();
        if (kin.isPresent()) {
            Optional<Lookup> apart = openApart(new Strain(digest, kin), expectedLength, isWhole, origin);
            if (apart.isPresent()) {
                return apart.get();
            }
        }
        Opening opening = wanted -> store.open(wanted).map(blob -> stored(blob, () -> fetch(blob, origin)));
        Found before = look(digest, opening);
        if (before.content().isPresent()) {
            return new Lookup.Stored(before.content().get());
        }
        lock.lock();
        try {
            Strain common = Strain.common(digest);
            Optional<Lookup> joined = join(common, isWhole, expectedLength);
            if (joined.isPresent()) {
                return joined.get();
            }
            Optional<Content> justStored = before.failed() ? Optional.empty() : look(digest, opening).content();
            if (justStored.isPresent()) {
                return new Lookup.Stored(justStored.get());
            }
            return closed ? new Lookup.Declined() : begin(common, expectedLength, isWhole, origin);
        } finally {
            lock.unlock();
        }
    }

    /** Joins or begins a flight apart; empty when the origin need not be apart any more, as one has come to its end. */
    private Optional<Lookup> openApart(Strain strain, OptionalLong expectedLength, boolean isWhole,
            BlobOrigin origin) {
        lock.lock();
        try {
            Optional<Lookup> joined = join(strain, isWhole, expectedLength);
            if (joined.isPresent() || origin.apart().isEmpty()) {
                return joined;
            }
            return Optional.of(closed ? new Lookup.Declined() : begin(strain, expectedLength, isWhole, origin));
        } finally {
            lock.unlock();
        }
    }

    /** Joins or begins a flight of what is stored and cannot be read; empty when none may begin. */
    private Optional<Content> fetch(StoredBlob unreadable, BlobOrigin origin) {
        lock.lock();
        try {
            Strain common = Strain.common(unreadable.digest());
            Joinable running = joinable.get(common);
            Optional<Content> joined = running == null
                    ? Optional.empty()
                    : running.join(true, OptionalLong.of(unreadable.length()));
            if (joined.isPresent() || closed) {
                return joined;
            }
            Lookup begun = begin(common, OptionalLong.of(unreadable.length()), true, origin);
            return begun instanceof Lookup.Leading(Content content) ? Optional.of(content) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Finds the blob or joins its flight, and never begins one. */
    public Optional<Lookup> find(Digest digest) {
        lock.lock();
        try {
            Optional<Lookup> joined = join(Strain.common(digest), false, OptionalLong.empty());
            if (joined.isPresent()) {
                return joined;
            }
        } finally {
            lock.unlock();
        }
        return look(digest, wanted -> store.open(wanted).map(this::stored)).content().map(Lookup.Stored::new);
    }

    /** As {@link #has(Digest)}, for this origin: from one that is apart, only a flight of its own counts. */
    public boolean has(Digest digest, BlobOrigin origin) {
        Optional<Object> kin = origin.apart();
        return kin.isPresent() ? isJoinable(new Strain(digest, kin)) : has(digest);
    }

    /** Whether {@link #find} would find it; to ask that is no use of it. */
    public boolean has(Digest digest) {
        if (isJoinable(Strain.common(digest))) {
            return true;
        }
        Optional<Content> stored = look(digest, wanted -> store.inspect(wanted).map(this::stored)).content();
        stored.ifPresent(Content::close);
        return stored.isPresent();
    }

    /**
     * Ends a flight that nobody came for, and says whether there is one: {@link #open} has begun it, that reader has closed
     * its content, and no other has ever joined. What has come of it stays for a later one as long as there is room.
     */
    public boolean abandon(Digest digest) {
        return running(Strain.common(digest)).map(running -> running.flight().abandon()).orElse(false);
    }

    /** Whether somebody reads a flight of it now. */
    public boolean isBeingRead(Digest digest) {
        return running(Strain.common(digest)).map(running -> running.flight().board().readers() > 0).orElse(false);
    }

    private Optional<Joinable> running(Strain strain) {
        return locked(() -> Optional.ofNullable(joinable.get(strain)));
    }

    private <T> T locked(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    /** How many flights are running or waiting for a thread. */
    public int flights() {
        return locked(flying::size);
    }

    /** How many readers the flights have, all together. */
    public int flightReaders() {
        return locked(() -> flying.stream().mapToInt(flight -> flight.board().readers()).sum());
    }

    /** Aborts all flights and begins none any more; what is stored can still be read. */
    @Override
    public void close() {
        List<Flight> running;
        lock.lock();
        try {
            closed = true;
            running = new ArrayList<>(flying);
        } finally {
            lock.unlock();
        }
        running.forEach(Flight::abort);
        shared.hashThreads().close();
    }

    private boolean isJoinable(Strain strain) {
        return locked(() -> {
            Joinable running = joinable.get(strain);
            return running != null && running.flight().board().isJoinable();
        });
    }

    private Optional<Lookup> join(Strain strain, boolean isWhole, OptionalLong expected) {
        Joinable running = joinable.get(strain);
        return running == null
                ? Optional.empty()
                : running.join(isWhole, expected)
                        .map(content -> new Lookup.Joined(content, running.origin().repository()));
    }

    private Lookup begin(Strain strain, OptionalLong expectedLength, boolean isWhole, BlobOrigin origin) {
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
            return new Lookup.Leading(content);
        } catch (RejectedExecutionException e) {
            return new Lookup.Declined();
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

    /**
     * What the store says.
     *
     * @param content empty when there is none, or the store failed
     */
    private record Found(Optional<Content> content, boolean failed) {}

    /** A way to open what is stored. */
    private interface Opening {

        Optional<Content> open(Digest digest) throws StoreException;
    }

    private Found look(Digest digest, Opening opening) {
        try {
            return new Found(openUndamaged(digest, opening), false);
        } catch (StoreException e) {
            listener.storeFailed(digest, e);
            return new Found(Optional.empty(), true);
        }
    }

    private Optional<Content> openUndamaged(Digest digest, Opening opening) throws StoreException {
        try {
            return opening.open(digest);
        } catch (DamagedBlobException e) {
            store.remove(digest);
            listener.damaged(digest, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Content stored(StoredBlob blob) {
        return stored(blob, Optional::empty);
    }

    private Content stored(StoredBlob blob, Supplier<Optional<Content>> flight) {
        return new StoredContent(blob, flight, housekeeping, listener);
    }
}
