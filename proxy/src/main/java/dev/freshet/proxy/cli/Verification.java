package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A check that reads and hashes all content of a store, without counting as use, and drops damaged content if it may. As a
 * sink of events, it also receives the damage that the store finds and drops when it opens.
 */
final class Verification implements Consumer<Event> {

    private static final int BUFFER_BYTES = 256 << 10;
    private static final int WAITING_PER_THREAD = 4;

    private final boolean repair;
    private final Watcher watcher;
    private final AtomicLong blobs = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final Map<Digest, Damage> damages = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable RuntimeException> defect = new AtomicReference<>();

    /**
     * Damaged content.
     *
     * @param reason kind of damage
     * @param dropped whether it was dropped
     */
    record Damage(Digest digest, String reason, boolean dropped) {}

    /**
     * The outcome of a check.
     *
     * @param blobs number of checked blobs
     * @param bytes number of bytes read
     * @param lost number of further blobs whose records are lost
     * @param mayLose whether the check may drop these
     */
    record Outcome(long blobs, long bytes, List<Damage> damages, long lost, boolean mayLose) {

        /** The number of dropped blobs. */
        long dropped() {
            return damages.stream().filter(Damage::dropped).count();
        }

        /** Whether no damage is left. */
        boolean isGood() {
            return dropped() == damages.size() && (lost == 0 || mayLose);
        }
    }

    /** A listener for the progress of a check; called on any thread. */
    interface Watcher {

        /** Bytes were read. */
        void read(long count);

        /** Damage was found. */
        void damaged(Damage damage);

        /** Blobs without records were found. */
        default void lost(String message) {}
    }

    /** @param repair whether to drop damaged content */
    Verification(boolean repair, Watcher watcher) {
        this.repair = repair;
        this.watcher = watcher;
    }

    /**
     * Checks all content with several threads.
     *
     * @throws StoreException if the store cannot list its content
     */
    Outcome run(BlobStore store, int threads) throws StoreException {
        Semaphore room = new Semaphore(threads * WAITING_PER_THREAD);
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            store.forEach(digest -> {
                room.acquireUninterruptibly();
                workers.execute(() -> {
                    try {
                        check(store, digest);
                    } catch (RuntimeException e) {
                        defect.compareAndSet(null, e);
                    } finally {
                        room.release();
                    }
                });
            });
        }
        RuntimeException broken = defect.get();
        if (broken != null) {
            throw broken;
        }
        return new Outcome(blobs.get(), bytes.get(), List.copyOf(damages.values()), lost.get(), repair);
    }

    private void check(BlobStore store, Digest digest) {
        blobs.incrementAndGet();
        try (StoredBlob blob = store.inspect(digest).orElse(null)) {
            if (blob == null) {
                found(digest, "its record cannot be read", () -> store.remove(digest));
                return;
            }
            Optional<String> damage = damage(blob);
            if (damage.isPresent()) {
                found(digest, damage.get(), blob::drop);
            }
        } catch (StoreException e) {
            found(digest, String.valueOf(e.getMessage()), () -> store.remove(digest));
        }
    }

    private Optional<String> damage(StoredBlob blob) {
        try {
            Digest actual = hash(blob);
            return actual.equals(blob.digest()) ? Optional.empty() : Optional.of("its bytes hash to " + actual);
        } catch (StoreException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Digest hash(StoredBlob blob) throws StoreException {
        Digest.Algorithm algorithm = blob.digest().algorithm();
        MessageDigest hash = algorithm.newHash();
        ByteBuffer buffer = ByteBuffer.allocate(Math.clamp(blob.length(), 1, BUFFER_BYTES));
        long position = 0;
        for (int count; (count = blob.read(position, buffer)) >= 0; position += count) {
            hash.update(buffer.flip());
            buffer.clear();
            bytes.addAndGet(count);
            watcher.read(count);
        }
        return Digest.of(algorithm, hash);
    }

    /** A removal of damaged content. */
    private interface Removal {

        void run() throws StoreException;
    }

    private void found(Digest digest, String reason, Removal removal) {
        if (!repair) {
            note(new Damage(digest, reason, false));
            return;
        }
        try {
            removal.run();
            note(new Damage(digest, reason, true));
        } catch (StoreException e) {
            note(new Damage(digest, reason + "; and it could not be dropped: " + e.getMessage(), false));
        }
    }

    private void note(Damage damage) {
        if (damages.putIfAbsent(damage.digest(), damage) == null) {
            watcher.damaged(damage);
        }
    }

    @Override
    public void accept(Event event) {
        if (event instanceof StoreEvent.Damaged damaged) {
            note(new Damage(damaged.digest(), damaged.message(), true));
        } else if (event instanceof StoreEvent.Lost gone) {
            lost.addAndGet(gone.blobs());
            watcher.lost(gone.message());
        }
    }
}
