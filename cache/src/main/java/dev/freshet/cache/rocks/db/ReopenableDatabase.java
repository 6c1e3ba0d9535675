package dev.freshet.cache.rocks.db;

import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * A database that can be closed and opened again after an error. If it cannot be opened for writing, it is opened read-only:
 * stored content is served, and writes are refused. May be used by any thread.
 */
public final class ReopenableDatabase {

    /**
     * The database that a thread scans and may call again: a call from the scan must not wait for a reopen that waits for
     * the scan.
     */
    private static final ThreadLocal<@Nullable ReopenableDatabase> SCANNING = new ThreadLocal<>();

    private final Opener opening;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile NativeDatabase current;
    private volatile boolean closed;
    private volatile @Nullable StoreException trouble;
    private volatile boolean damaged;

    /** The way to open a database, which may be opened several times. */
    public interface Opener {

        /**
         * Opens it, and leaves out what is damaged.
         *
         * @param damaged whether some of it could not be read, and has to be left out
         */
        NativeDatabase open(boolean damaged) throws RocksDBException, IOException;

        /** Whether something of it was missing or damaged when it was opened, now or before, and has been left out. */
        boolean hasLost();

        /** Opens it without changing anything. */
        NativeDatabase openForReading() throws RocksDBException;
    }

    /** Opens it, read-only if there is no other way. */
    ReopenableDatabase(Opener opening) throws RocksDBException, IOException {
        this.opening = opening;
        this.current = openAtLeastReadOnly(() -> "opening of a database");
    }

    private NativeDatabase openAtLeastReadOnly(Supplier<String> attempt) throws RocksDBException, IOException {
        try {
            NativeDatabase opened = opening.open(damaged);
            damaged = false;
            trouble = null;
            return opened;
        } catch (RocksDBException | IOException e) {
            trouble = new StoreException(attempt.get() + " failed: " + e.getMessage(), e);
            if (e instanceof RocksDBException known && Fault.of(known) == Fault.IN_USE) {
                throw e;
            }
            try {
                return opening.openForReading();
            } catch (RocksDBException again) {
                e.addSuppressed(again);
                throw e;
            }
        }
    }

    /** Passes the gate; the caller must leave it. */
    NativeDatabase enter(Supplier<String> attempt) throws StoreException {
        while (true) {
            NativeDatabase database = current;
            if (database.gate().enter()) {
                return database;
            }
            requireOpen(attempt);
            if (this.equals(SCANNING.get())) {
                throw new StoreException(attempt.get() + " failed: its database is being opened anew");
            }
            changing.lock();
            try {
                requireOpen(attempt);
                if (current.gate().isShut()) {
                    throw new StoreException(attempt.get() + " failed: its database is not open");
                }
            } finally {
                changing.unlock();
            }
        }
    }

    /** Notes what this thread is inside of for longer, and returns what it was before. */
    static @Nullable ReopenableDatabase scanning(@Nullable ReopenableDatabase inside) {
        ReopenableDatabase outer = SCANNING.get();
        SCANNING.set(inside);
        return outer;
    }

    /** Refuses changes from now on, until it is opened anew. */
    void latch(StoreException failure, Fault fault) {
        damaged |= fault == Fault.DAMAGE;
        trouble = failure;
    }

    /** What made changes impossible; null while they are not. */
    @Nullable
    StoreException trouble() {
        return trouble;
    }

    /** Whether some of it cannot be read, so that it has to be opened anew. */
    boolean isDamaged() {
        return damaged;
    }

    /** Whether something of it was left out when it was opened. */
    boolean hasLost() {
        return opening.hasLost();
    }

    void requireWritable(Supplier<String> attempt) throws StoreException {
        StoreException before = trouble;
        if (before != null) {
            throw refusal(attempt, before);
        }
    }

    /** A write that is not tried after another has failed; the message of that one says what to do. */
    public static StoreException refusal(Supplier<String> attempt, StoreException cause) {
        return new StoreException(attempt.get() + " was not tried: nothing is stored since this happened: "
                + cause.getMessage() + "; free some space, or see to the disk: it goes on by itself", cause);
    }

    boolean isClosed() {
        return closed;
    }

    /** Fails after the close: for what is done without a native call, and still must not succeed then. */
    void requireOpen(Supplier<String> attempt) throws StoreException {
        if (closed) {
            throw new StoreException(attempt.get() + " failed: the store is closed");
        }
    }

    /** Closes and opens it. Calls wait meanwhile, and may read again after, also when this fails. */
    void reopen(Supplier<String> attempt) throws StoreException {
        changing.lock();
        try {
            requireOpen(attempt);
            current.close();
            current = openAtLeastReadOnly(attempt);
            StoreException still = trouble;
            if (still != null) {
                throw still;
            }
        } catch (RocksDBException e) {
            throw new StoreException(attempt.get() + " failed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw e instanceof StoreException known
                    ? known
                    : new StoreException(attempt.get() + " failed: " + e.getMessage(), e);
        } finally {
            changing.unlock();
        }
    }

    /** @param last done after it is closed, once */
    void close(Runnable last) {
        changing.lock();
        try {
            if (!closed) {
                closed = true;
                current.close();
                last.run();
            }
        } finally {
            changing.unlock();
        }
    }
}
