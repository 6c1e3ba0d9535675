package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreListener;
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
import org.jspecify.annotations.Nullable;

/**
 * Reads and hashes everything that a store holds, which is no use of it, and drops what is damaged if it may. As the store's listener it also
 * hears of what the store finds, and drops, by itself when it is opened.
 */
final class Verification implements StoreListener {

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
     * Content that is not what it should be.
     *
     * @param reason what was found
     * @param dropped whether it is gone
     */
    record Damage(Digest digest, String reason, boolean dropped) {}

    /**
     * What a store was found to hold.
     *
     * @param blobs how many were looked at
     * @param bytes how many were read
     * @param lost how many more there are whose records are lost
     * @param mayLose whether it is right that these are gone
     */
    record Outcome(long blobs, long bytes, List<Damage> damages, long lost, boolean mayLose) {

        /** How many damaged blobs are gone. */
        long dropped() {
            return damages.stream().filter(Damage::dropped).count();
        }

        /** Whether nothing damaged is left. */
        boolean isGood() {
            return dropped() == damages.size() && (lost == 0 || mayLose);
        }
    }

    /** Hears how it goes; called on any thread. */
    interface Watcher {

        /** So many bytes more have been read. */
        void read(long count);

        /** Damage was found, and dropped or not. */
        void damaged(Damage damage);

        /** Blobs were found whose records are lost. */
        default void lost(String message) {}
    }

    /** @param repair whether what is damaged is dropped */
    Verification(boolean repair, Watcher watcher) {
        this.repair = repair;
        this.watcher = watcher;
    }

    /**
     * Looks at everything, with several threads.
     *
     * @throws StoreException if the store cannot say what it holds
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
    public void damaged(Digest digest, String message) {
        note(new Damage(digest, message, true));
    }

    @Override
    public void lost(long count, long bytesOnDisk, String message) {
        lost.addAndGet(count);
        watcher.lost(message);
    }

    /** Nothing is written here that room would be needed for. */
    @Override
    public void evicted(Digest digest, long count, EvictionReason reason) {}

    /** What is stored can be read all the same; what then cannot be dropped is reported as such. */
    @Override
    public void unwritable(String why) {}

    @Override
    public void writable() {}
}
