package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Fills.Strain;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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
    private final Executor housekeeping;
    private final FillListener listener;
    private final Shared shared;
    private final Fills flights;

    /**
     * @param store stays open when the cache is closed
     * @param executor runs the flights, each for as long as it takes, and rejects what is too many
     * @param housekeeping drops content that readers have found damaged
     */
    public ContentCache(BlobStore store, Executor executor, Executor housekeeping, FillListener listener) {
        this(store, executor, housekeeping, PassThrough.DEFAULT, listener);
    }

    /**
     * @param helpers runs further connections of flights, each for as long as it takes, and rejects what is too many
     * @param fetching how flights fetch
     */
    public ContentCache(BlobStore store, Executor executor, Executor helpers, Executor housekeeping, Fetching fetching,
            FillListener listener) {
        this(store, executor, helpers, housekeeping, fetching, PassThrough.DEFAULT, listener);
    }

    ContentCache(BlobStore store, Executor executor, Executor housekeeping, PassThrough bounds,
            FillListener listener) {
        this(store, executor, ContentCache::reject, housekeeping, Fetching.with(1, () -> 0), bounds, listener);
    }

    ContentCache(BlobStore store, Executor executor, Executor helpers, Executor housekeeping, Fetching fetching,
            PassThrough bounds, FillListener listener) {
        this.store = store;
        this.housekeeping = housekeeping;
        this.listener = listener;
        this.shared = new Shared(store, bounds, new HashThreads(Runtime.getRuntime().availableProcessors()),
                fetching, helpers, listener, false);
        this.flights = new Fills(executor, shared);
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
        Found before = look(digest, opening(origin));
        return before.content().isPresent()
                ? new Lookup.Stored(before.content().get())
                : lasting(goOn(digest, expectedLength, isWhole, origin, !before.failed()), digest, origin);
    }

    /** Joins, or finds what was just stored, or begins: all of it in one step. */
    private Lookup goOn(Digest digest, OptionalLong expectedLength, boolean isWhole, BlobOrigin origin,
            boolean storeWorks) {
        return flights.locked(() -> {
            Strain common = Strain.common(digest);
            Optional<Lookup> joined = flights.join(common, isWhole, expectedLength, Optional.of(origin.repository()));
            if (joined.isPresent()) {
                return joined.get();
            }
            Optional<Content> justStored = storeWorks ? look(digest, opening(origin)).content() : Optional.empty();
            return justStored.isPresent()
                    ? new Lookup.Stored(justStored.get())
                    : flights.begin(common, expectedLength, isWhole, origin);
        });
    }

    private Opening opening(BlobOrigin origin) {
        return wanted -> store.open(wanted).map(blob -> stored(blob, () -> fetch(blob, origin)));
    }

    /** Joins or begins a flight apart; empty when the origin need not be apart any more, as one has come to its end. */
    private Optional<Lookup> openApart(Strain strain, OptionalLong expectedLength, boolean isWhole,
            BlobOrigin origin) {
        return flights.locked(() -> {
            Optional<Lookup> joined = flights.join(strain, isWhole, expectedLength, Optional.empty());
            return joined.isPresent() || origin.apart().isEmpty()
                    ? joined
                    : Optional.of(flights.begin(strain, expectedLength, isWhole, origin));
        });
    }

    /**
     * Readers of parts of what an earlier flight has left go on with another flight when they cannot read it, and so do those
     * who have joined a flight from another upstream that sends nothing, or fails before it has sent anything.
     */
    private Lookup lasting(Lookup found, Digest digest, BlobOrigin origin) {
        return LastingContent.of(found, origin.repository().registry(), new LastingContent.Another() {

            @Override
            public Optional<Content> insteadOf(FillReader reader, StoreException unreadable) {
                listener.storeFailed(digest, unreadable);
                return fetch(digest, reader.length(), false, origin);
            }

            @Override
            public Optional<Content> elsewhere(FillReader reader, OptionalLong told) {
                Optional<Content> found = content(goOn(digest, reader.expected(), reader.isWhole(), origin, true));
                if (found.isPresent() && found.get() instanceof StoredContent stored && told.isPresent()
                        && told.getAsLong() != stored.length()) {
                    stored.close();
                    return Optional.empty();
                }
                return found;
            }
        });
    }

    /** Joins or begins a flight of what is stored and cannot be read; empty when none may begin. */
    private Optional<Content> fetch(StoredBlob unreadable, BlobOrigin origin) {
        return fetch(unreadable.digest(), OptionalLong.of(unreadable.length()), true, origin);
    }

    private Optional<Content> fetch(Digest digest, OptionalLong length, boolean isWhole, BlobOrigin origin) {
        Strain common = Strain.common(digest);
        Lookup found = flights.locked(() -> flights.join(common, isWhole, length, Optional.of(origin.repository()))
                .orElseGet(() -> flights.begin(common, length, isWhole, origin)));
        return content(found);
    }

    private static Optional<Content> content(Lookup found) {
        return switch (found) {
            case Lookup.Stored(Content content) -> Optional.of(content);
            case Lookup.Joined(Content content, Repository leader) -> Optional.of(content);
            case Lookup.Started(Content content) -> Optional.of(content);
            case Lookup.Rejected() -> Optional.empty();
        };
    }

    /** Finds the blob or joins its flight, and never begins one. */
    public Optional<Lookup> find(Digest digest) {
        Optional<Lookup> joined = flights.join(Strain.common(digest), false, OptionalLong.empty(),
                Optional.empty());
        if (joined.isPresent()) {
            return joined;
        }
        return look(digest, wanted -> store.open(wanted).map(this::stored)).content().map(Lookup.Stored::new);
    }

    /** As {@link #has(Digest)}, for this origin: from one that is apart, only a flight of its own counts. */
    public boolean has(Digest digest, BlobOrigin origin) {
        Optional<Object> kin = origin.apart();
        return kin.isPresent() ? flights.isJoinable(new Strain(digest, kin)) : has(digest);
    }

    /** Whether {@link #find} would find it; to ask that is no use of it. */
    public boolean has(Digest digest) {
        if (flights.isJoinable(Strain.common(digest))) {
            return true;
        }
        Optional<Content> stored = look(digest, wanted -> store.inspect(wanted).map(this::stored)).content();
        stored.ifPresent(Content::close);
        return stored.isPresent();
    }

    /** How much of it is here; to ask is no use of it. */
    public Availability stock(Digest digest) {
        Optional<Availability> coming = flights.running(Strain.common(digest))
                .map(flight -> new Availability.Coming(flight.board().endOfRun(0)));
        if (coming.isPresent()) {
            return coming.get();
        }
        try (StoredBlob blob = store.inspect(digest).orElse(null)) {
            if (blob != null) {
                return new Availability.Stored(blob.length());
            }
            long left = store.unfinished(digest);
            return left > 0 ? new Availability.Partly(left) : new Availability.Missing();
        } catch (StoreException e) {
            listener.storeFailed(digest, e);
            return new Availability.Missing();
        }
    }

    /**
     * Ends a flight that nobody came for, and says whether there is one: {@link #open} has begun it, that reader has closed
     * its content, and no other has ever joined. What has come of it stays for a later one as long as there is room.
     */
    public boolean abandon(Digest digest) {
        return flights.running(Strain.common(digest)).map(Flight::abandon).orElse(false);
    }

    /** Whether somebody reads a flight of it now. */
    public boolean isBeingRead(Digest digest) {
        return flights.running(Strain.common(digest)).map(flight -> flight.board().readers() > 0).orElse(false);
    }

    /** Ends flights that have taken too long, and wakes who need not wait for one; to be called every second or so, and short. */
    public void look() {
        flights.look();
    }

    /** How many flights are running or waiting for a thread. */
    public int fills() {
        return flights.count();
    }

    /** How many readers the flights have, all together. */
    public int fillReaders() {
        return flights.readers();
    }

    /** Aborts all flights and begins none any more; what is stored can still be read. */
    @Override
    public void close() {
        flights.close();
        shared.hashThreads().close();
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
