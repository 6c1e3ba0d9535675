package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Fills.FillKey;
import dev.freshet.cache.fill.RingBuffer.Bounds;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Blobs by digest, stored or on their way. A digest has at most one fill to join at any time, beside those with a {@linkplain
 * BlobOrigin#sharingScope sharing scope}: finding nothing and starting the fill is one step, and so is joining. A fill leaves only after its
 * commit, so that a client that misses the fill finds the blob stored.
 *
 * <p>A fill whose first bytes the store has not taken, and which have passed by, cannot be joined any more. The next client
 * starts another fill, which is the one to join from there on; the older one goes on for the readers that it has.
 *
 * <p>Store failures are not fatal: a failed look-up counts as a miss, bytes that cannot be read back are fetched, also in the
 * middle of a blob, and bytes that the store does not take are served from memory.
 *
 * <p>The caller has checked who may see a blob. Thread-safe.
 */
public final class ContentCache implements AutoCloseable {

    private final BlobStore store;
    private final Executor housekeeping;
    private final Consumer<Event> listener;
    private final Fill.Shared shared;
    private final Fills fills;

    /**
     * @param store stays open when the cache is closed
     * @param executor runs the fills, each for as long as it takes, and rejects what is too many
     * @param housekeeping drops content that readers have found damaged
     */
    public ContentCache(BlobStore store, Executor executor, Executor housekeeping, Consumer<Event> listener) {
        this(store, executor, housekeeping, Bounds.DEFAULT, listener);
    }

    /**
     * @param helpers runs further connections of fills, each for as long as it takes, and rejects what is too many
     * @param fetching how fills fetch
     */
    public ContentCache(BlobStore store, Executor executor, Executor helpers, Executor housekeeping, Fetching fetching,
            Consumer<Event> listener) {
        this(store, executor, helpers, housekeeping, fetching, Bounds.DEFAULT, listener);
    }

    ContentCache(BlobStore store, Executor executor, Executor housekeeping, Bounds bounds,
            Consumer<Event> listener) {
        this(store, executor, ContentCache::reject, housekeeping, Fetching.with(1, () -> 0), bounds, listener);
    }

    ContentCache(BlobStore store, Executor executor, Executor helpers, Executor housekeeping, Fetching fetching,
            Bounds bounds, Consumer<Event> listener) {
        this.store = store;
        this.housekeeping = housekeeping;
        this.listener = listener;
        this.shared = new Fill.Shared(store, bounds, new Hashing.Threads(Runtime.getRuntime().availableProcessors()),
                fetching, helpers, listener);
        this.fills = new Fills(executor, shared);
    }

    private static void reject(Runnable helper) {
        throw new RejectedExecutionException("one connection is all there is");
    }

    /** As {@link #open(Digest, OptionalLong, boolean, BlobOrigin)}, for all of it. */
    public Lookup open(Digest digest, OptionalLong expectedLength, BlobOrigin origin) {
        return open(digest, expectedLength, true, origin);
    }

    /**
     * Finds the blob, or joins its fill, or begins one.
     *
     * @param expectedLength bytes, as a manifest of the origin's repository has stated it; an origin that states another
     *     is refused, and one whose whole blob is left from an earlier fill is not asked at all
     * @param isWhole whether all of it is wanted; if not, {@link OpenedContent#want} is to say what, and has only that fetched
     * @param origin one with a {@linkplain BlobOrigin#sharingScope sharing scope} finds nothing that is stored
     */
    public Lookup open(Digest digest, OptionalLong expectedLength, boolean isWhole, BlobOrigin origin) {
        Optional<Object> scope = origin.sharingScope();
        if (scope.isPresent()) {
            Optional<Lookup> scoped = openScoped(new FillKey(digest, scope), expectedLength, isWhole, origin);
            if (scoped.isPresent()) {
                return scoped.get();
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
        return fills.locked(() -> {
            FillKey common = FillKey.common(digest);
            Optional<Lookup> joined = fills.join(common, isWhole, expectedLength, Optional.of(origin.repository()));
            if (joined.isPresent()) {
                return joined.get();
            }
            Optional<OpenedContent> justStored = storeWorks
                    ? look(digest, opening(origin)).content()
                    : Optional.empty();
            return justStored.isPresent()
                    ? new Lookup.Stored(justStored.get())
                    : fills.begin(common, expectedLength, isWhole, origin);
        });
    }

    private Opening opening(BlobOrigin origin) {
        return wanted -> store.open(wanted).map(blob -> stored(blob, () -> fetch(blob, origin)));
    }

    /** Joins or begins a fill with a sharing scope; empty when the origin has none any more, as such a fill has succeeded. */
    private Optional<Lookup> openScoped(FillKey key, OptionalLong expectedLength, boolean isWhole,
            BlobOrigin origin) {
        return fills.locked(() -> {
            Optional<Lookup> joined = fills.join(key, isWhole, expectedLength, Optional.empty());
            return joined.isPresent() || origin.sharingScope().isEmpty()
                    ? joined
                    : Optional.of(fills.begin(key, expectedLength, isWhole, origin));
        });
    }

    /**
     * Readers of ranges that an earlier fill has left go on with another fill when they cannot read them, and so do readers
     * that have joined a fill from another upstream that sends nothing, or fails before it has sent anything.
     */
    private Lookup lasting(Lookup found, Digest digest, BlobOrigin origin) {
        return FailoverContent.of(found, origin.repository().registry(), new FailoverContent.Another() {

            @Override
            public Optional<OpenedContent> insteadOf(FillReader reader, StoreException unreadable) {
                listener.accept(new StoreEvent.Failed(unreadable));
                return fetch(digest, reader.length(), false, origin);
            }

            @Override
            public Optional<OpenedContent> elsewhere(FillReader reader, OptionalLong told) {
                Optional<OpenedContent> found = content(
                        goOn(digest, reader.expected(), reader.isWhole(), origin, true));
                if (found.isPresent() && found.get() instanceof StoredContent stored && told.isPresent()
                        && told.getAsLong() != stored.length()) {
                    stored.close();
                    return Optional.empty();
                }
                return found;
            }
        });
    }

    /** Joins or begins a fill of what is stored and cannot be read; empty when none may begin. */
    private Optional<OpenedContent> fetch(StoredBlob unreadable, BlobOrigin origin) {
        return fetch(unreadable.digest(), OptionalLong.of(unreadable.length()), true, origin);
    }

    private Optional<OpenedContent> fetch(Digest digest, OptionalLong length, boolean isWhole, BlobOrigin origin) {
        FillKey common = FillKey.common(digest);
        Lookup found = fills.locked(() -> fills.join(common, isWhole, length, Optional.of(origin.repository()))
                .orElseGet(() -> fills.begin(common, length, isWhole, origin)));
        return content(found);
    }

    private static Optional<OpenedContent> content(Lookup found) {
        return switch (found) {
            case Lookup.Stored(OpenedContent content) -> Optional.of(content);
            case Lookup.Joined(OpenedContent content, Repository leader) -> Optional.of(content);
            case Lookup.Started(OpenedContent content) -> Optional.of(content);
            case Lookup.Rejected() -> Optional.empty();
        };
    }

    /** Finds the blob or joins its fill, and never begins one. */
    public Optional<Lookup> find(Digest digest) {
        Optional<Lookup> joined = fills.join(FillKey.common(digest), false, OptionalLong.empty(),
                Optional.empty());
        if (joined.isPresent()) {
            return joined;
        }
        return look(digest, wanted -> store.open(wanted).map(this::stored)).content().map(Lookup.Stored::new);
    }

    /** As {@link #has(Digest)}, for this origin: for one with a sharing scope, only a fill of that scope counts. */
    public boolean has(Digest digest, BlobOrigin origin) {
        Optional<Object> scope = origin.sharingScope();
        return scope.isPresent() ? fills.isJoinable(new FillKey(digest, scope)) : has(digest);
    }

    /** Whether {@link #find} would find it; to ask that is no use of it. */
    public boolean has(Digest digest) {
        if (fills.isJoinable(FillKey.common(digest))) {
            return true;
        }
        Optional<OpenedContent> stored = look(digest, wanted -> store.inspect(wanted).map(this::stored)).content();
        stored.ifPresent(Content::close);
        return stored.isPresent();
    }

    /** How much of it is here; to ask is no use of it. */
    public Availability availability(Digest digest) {
        Optional<Availability> coming = fills.running(FillKey.common(digest))
                .map(fill -> new Availability.Filling(fill.monitor().endOfRun(0)));
        if (coming.isPresent()) {
            return coming.get();
        }
        try (StoredBlob blob = store.inspect(digest).orElse(null)) {
            if (blob != null) {
                return new Availability.Stored(blob.length());
            }
            long left = store.unfinished(digest);
            return left > 0 ? new Availability.Partial(left) : new Availability.Missing();
        } catch (StoreException e) {
            listener.accept(new StoreEvent.Failed(e));
            return new Availability.Missing();
        }
    }

    /**
     * Ends a fill that no client has come for, and says whether there is one: {@link #open} has begun it, that reader has closed
     * its content, and no other reader has joined. Its bytes stay for a later fill as long as there is room.
     */
    public boolean abandon(Digest digest) {
        return fills.running(FillKey.common(digest)).map(Fill::abandon).orElse(false);
    }

    /** Whether a fill of it has readers now. */
    public boolean isBeingRead(Digest digest) {
        return fills.running(FillKey.common(digest)).map(fill -> fill.monitor().locked(FillState::readers) > 0)
                .orElse(false);
    }

    /** Ends fills that have taken too long, and wakes readers that need not wait for one; call it about once a second. */
    public void look() {
        fills.look();
    }

    /** How many fills are running or waiting for a thread. */
    public int fills() {
        return fills.count();
    }

    /** How many readers the fills have, all together. */
    public int fillReaders() {
        return fills.readers();
    }

    /** Aborts all fills and begins none any more; what is stored can still be read. */
    @Override
    public void close() {
        fills.close();
        shared.hashThreads().close();
    }

    /**
     * What the store says.
     *
     * @param content empty when there is none, or the store failed
     */
    private record Found(Optional<OpenedContent> content, boolean failed) {}

    /** A way to open what is stored. */
    private interface Opening {

        Optional<OpenedContent> open(Digest digest) throws StoreException;
    }

    private Found look(Digest digest, Opening opening) {
        try {
            return new Found(openUndamaged(digest, opening), false);
        } catch (StoreException e) {
            listener.accept(new StoreEvent.Failed(e));
            return new Found(Optional.empty(), true);
        }
    }

    private Optional<OpenedContent> openUndamaged(Digest digest, Opening opening) throws StoreException {
        try {
            return opening.open(digest);
        } catch (DamagedBlobException e) {
            store.remove(digest);
            listener.accept(new StoreEvent.Damaged(digest, String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private OpenedContent stored(StoredBlob blob) {
        return stored(blob, Optional::empty);
    }

    private OpenedContent stored(StoredBlob blob, Supplier<Optional<OpenedContent>> fill) {
        return new StoredContent(blob, fill, housekeeping, listener);
    }
}
