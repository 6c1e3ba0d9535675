package dev.freshet.cache.flight;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Blobs by digest, stored or on their way, with at most one flight per digest at any time: finding nothing and beginning
 * the flight is one step, and so is joining. A flight leaves only after its commit, so that whoever misses it finds the
 * blob stored.
 *
 * <p>It does not ask who may see a blob; the caller has done that. All methods may be called by any thread.
 */
public final class ContentCache implements AutoCloseable {

    private final BlobStore store;
    private final Executor executor;
    private final FlightListener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Digest, Flight> flights = new HashMap<>();
    private boolean closed;

    /**
     * @param store stays open when the cache is closed
     * @param executor runs the flights, each for as long as it takes, and rejects what is too many
     */
    public ContentCache(BlobStore store, Executor executor, FlightListener listener) {
        this.store = store;
        this.executor = executor;
        this.listener = listener;
    }

    /**
     * Finds the blob, or joins its flight, or begins one.
     *
     * @param expectedLength bytes, as a manifest has stated it; an origin that states another is refused
     */
    public Lookup open(Digest digest, OptionalLong expectedLength, BlobOrigin origin) throws StoreException {
        Optional<Content> stored = openStored(digest);
        if (stored.isPresent()) {
            return new Lookup.Stored(stored.get());
        }
        lock.lock();
        try {
            Flight running = flights.get(digest);
            if (running != null) {
                return new Lookup.Joined(running.board().join(), running.repository());
            }
            Optional<Content> justStored = openStored(digest);
            if (justStored.isPresent()) {
                return new Lookup.Stored(justStored.get());
            }
            return closed ? new Lookup.Declined() : begin(digest, expectedLength, origin);
        } finally {
            lock.unlock();
        }
    }

    /** Finds the blob or joins its flight, and never begins one. */
    public Optional<Lookup> find(Digest digest) throws StoreException {
        lock.lock();
        try {
            Flight running = flights.get(digest);
            if (running != null) {
                return Optional.of(new Lookup.Joined(running.board().join(), running.repository()));
            }
        } finally {
            lock.unlock();
        }
        return openStored(digest).map(Lookup.Stored::new);
    }

    /** How many flights are running or waiting for a thread. */
    public int flights() {
        lock.lock();
        try {
            return flights.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many readers the flights have, all together. */
    public int flightReaders() {
        lock.lock();
        try {
            return flights.values().stream().mapToInt(flight -> flight.board().readers()).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Aborts all flights and begins none any more; what is stored can still be read. */
    @Override
    public void close() {
        List<Flight> running;
        lock.lock();
        try {
            closed = true;
            running = new ArrayList<>(flights.values());
        } finally {
            lock.unlock();
        }
        running.forEach(Flight::abort);
    }

    private Lookup begin(Digest digest, OptionalLong expectedLength, BlobOrigin origin) {
        Flight flight = new Flight(digest, expectedLength, origin, store, listener, () -> remove(digest));
        Content content = flight.board().join();
        flights.put(digest, flight);
        boolean accepted = false;
        try {
            executor.execute(flight);
            accepted = true;
            return new Lookup.Leading(content);
        } catch (RejectedExecutionException e) {
            return new Lookup.Declined();
        } finally {
            if (!accepted) {
                flights.remove(digest);
                content.close();
            }
        }
    }

    private void remove(Digest digest) {
        lock.lock();
        try {
            flights.remove(digest);
        } finally {
            lock.unlock();
        }
    }

    private Optional<Content> openStored(Digest digest) throws StoreException {
        Optional<StoredBlob> blob;
        try {
            blob = store.open(digest);
        } catch (DamagedBlobException e) {
            drop(digest, e);
            return Optional.empty();
        }
        return blob.map(open -> new StoredContent(open, damage -> drop(digest, damage)));
    }

    private void drop(Digest digest, DamagedBlobException damage) {
        String message = String.valueOf(damage.getMessage());
        try {
            store.remove(digest);
        } catch (StoreException e) {
            message += "; and it could not be removed: " + e.getMessage();
        }
        listener.damaged(digest, message);
    }
}
