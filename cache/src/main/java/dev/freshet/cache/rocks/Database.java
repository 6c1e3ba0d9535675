package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A native database: every native call is made here or by a {@link Call} from here, behind a gate, and fails with
 * {@link StoreException} after {@link #close()}. May be used by any thread.
 *
 * <p>After a write that failed, every further one is refused until {@link #reopen()}: RocksDB may have latched the error,
 * and may have left half a record in the log, behind which a crash would lose everything. Reads go on.
 */
final class Database implements AutoCloseable {

    /** What a thread is inside for longer, and may call again: it must not wait for whoever waits for it to leave. */
    private static final ThreadLocal<@Nullable Database> SCANNING = new ThreadLocal<>();

    private final Family.Home home;
    private final Opening opening;
    private final LongConsumer onWrite;
    private final Handles handles = new Handles();
    private final ReadOptions passing = handles.own(new ReadOptions()).setFillCache(false);
    private final ReadOptions caching = handles.own(new ReadOptions());
    private final WriteOptions logged = handles.own(new WriteOptions()).setNoSlowdown(true);
    private final WriteOptions synced = handles.own(new WriteOptions()).setNoSlowdown(true).setSync(true);
    private final FlushOptions beginFlush = handles.own(new FlushOptions()).setWaitForFlush(false)
            .setAllowWriteStall(true);
    private final long memtableLimit;
    private final Patience patience;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile NativeDatabase current;
    private volatile boolean closed;
    private volatile @Nullable StoreException trouble;

    /** How it is opened, again and again. */
    interface Opening {

        NativeDatabase open(NativeDatabase.Mode mode) throws RocksDBException, StoreException;
    }

    /** Something done with the open database. */
    interface Call<T extends @Nullable Object> {

        T on(NativeDatabase database) throws RocksDBException, StoreException;
    }

    /** Something to be done on the way. */
    interface Step {

        void run() throws StoreException;
    }

    /** Takes one entry of a scan; false ends it. */
    interface Visitor {

        boolean visit(byte[] key, byte[] value);
    }

    /** @param onWrite hears how many bytes went through the log */
    Database(Family.Home home, long memtableLimit, LongConsumer onWrite, Opening opening)
            throws RocksDBException, StoreException {
        this.home = home;
        this.memtableLimit = memtableLimit;
        this.opening = opening;
        this.onWrite = onWrite;
        this.patience = new Patience(this::hasRoom, this::flushAgain, Duration.ofMillis(5));
        boolean opened = false;
        try {
            this.current = opening.open(NativeDatabase.Mode.NORMAL);
            opened = true;
        } finally {
            if (!opened) {
                handles.close();
            }
        }
    }

    /**
     * Does something with the database that changes nothing.
     *
     * @param attempt what it is, for the message when it fails, such as "look-up of sha256:..."
     */
    <T extends @Nullable Object> T call(Supplier<String> attempt, Call<T> call) throws StoreException {
        NativeDatabase database = enter(attempt);
        try {
            return call.on(database);
        } catch (RocksDBException e) {
            throw failed(attempt, e);
        } finally {
            database.gate().leave();
        }
    }

    byte @Nullable [] get(Supplier<String> attempt, Family family, byte[] key) throws StoreException {
        return this.<byte @Nullable []>call(attempt, database -> database.db().get(database.family(family), key));
    }

    /**
     * Copies a value into a direct buffer as far as there is room, without moving its position.
     *
     * @return the length of the whole value; negative when there is none
     */
    int read(Supplier<String> attempt, Family family, ByteBuffer key, ByteBuffer destination)
            throws StoreException, RocksDBException {
        NativeDatabase database = enter(attempt);
        try {
            ReadOptions options = family == Family.SEGMENTS ? passing : caching;
            return database.db().get(database.family(family), options, key, destination);
        } finally {
            database.gate().leave();
        }
    }

    /** Makes changes that survive the end of the process. */
    void write(Supplier<String> attempt, Batch.Edit edit) throws StoreException {
        write(attempt, logged, edit);
    }

    /** Makes changes that survive a loss of power, with everything written before them. */
    void writeSynced(Supplier<String> attempt, Batch.Edit edit) throws StoreException {
        write(attempt, synced, edit);
    }

    private void write(Supplier<String> attempt, WriteOptions options, Batch.Edit edit) throws StoreException {
        patience.awaitRoom(attempt);
        change(attempt, database -> {
            try (WriteBatch changes = new WriteBatch()) {
                Batch batch = new Batch(changes, database);
                edit.to(batch);
                database.db().write(options, changes);
                onWrite.accept(batch.size());
            }
            return true;
        });
    }

    /** Does something with the database that writes; refused after one that has failed. */
    <T extends @Nullable Object> T change(Supplier<String> attempt, Call<T> call) throws StoreException {
        requireWritable(attempt);
        NativeDatabase database = enter(attempt);
        try {
            return call.on(database);
        } catch (RocksDBException e) {
            StoreException failure = failed(attempt, e);
            if (leavesTrouble(e)) {
                trouble = failure;
            }
            throw failure;
        } finally {
            database.gate().leave();
        }
    }

    /** A write that was only refused for now, or was a mistake, has left nothing behind. */
    private static boolean leavesTrouble(RocksDBException e) {
        return e.getStatus() == null || switch (e.getStatus().getCode()) {
            case IOError, Corruption, Aborted, ShutdownInProgress, Undefined -> true;
            case Ok, NotFound, NotSupported, InvalidArgument, MergeInProgress, Incomplete, TimedOut, Busy, Expired,
                    TryAgain ->
                false;
        };
    }

    static boolean isDamage(RocksDBException e) {
        return e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption;
    }

    private static StoreException failed(Supplier<String> attempt, RocksDBException e) {
        return new StoreException(attempt.get() + " failed: " + e.getMessage(), e);
    }

    /** What made writes impossible; null while they are not. */
    @Nullable
    StoreException trouble() {
        return trouble;
    }

    private void requireWritable(Supplier<String> attempt) throws StoreException {
        StoreException before = trouble;
        if (before != null) {
            throw new StoreException(
                    attempt.get() + " failed: the store is not writable since: " + before.getMessage(), before);
        }
    }

    private boolean hasRoom() throws StoreException {
        return call(() -> "look-up of memory in use", database -> database.db()
                .getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables") < memtableLimit);
    }

    private void flushAgain() throws StoreException {
        call(() -> "flush", database -> {
            database.db().flush(beginFlush, List.copyOf(database.families().values()));
            return true;
        });
    }

    /** Visits the entries of a family in the order of their keys, from a key on, as they are now. */
    void scan(Supplier<String> attempt, Family family, byte[] from, Visitor visitor) throws StoreException {
        scan(attempt, family, from, visitor, () -> {});
    }

    /** @param begun runs as soon as no later change can be seen any more */
    void scan(Supplier<String> attempt, Family family, byte[] from, Visitor visitor, Step begun)
            throws StoreException {
        Database outer = SCANNING.get();
        call(attempt, database -> {
            try (RocksIterator entries = database.db().newIterator(database.family(family), passing)) {
                SCANNING.set(this);
                begun.run();
                boolean more = true;
                for (entries.seek(from); more && entries.isValid(); entries.next()) {
                    more = visitor.visit(entries.key(), entries.value());
                }
                entries.status();
            } finally {
                SCANNING.set(outer);
            }
            return true;
        });
    }

    /** The numbers that the keys of a family begin with, from one on. */
    List<Long> numbers(Supplier<String> attempt, Family family, long from) throws StoreException {
        return call(attempt, database -> {
            List<Long> numbers = new ArrayList<>();
            try (RocksIterator entries = database.db().newIterator(database.family(family), passing)) {
                for (entries.seek(Keys.number(from)); entries.isValid();) {
                    long number = Keys.number(entries.key());
                    numbers.add(number);
                    entries.seek(Keys.number(number + 1));
                }
                entries.status();
            }
            return numbers;
        });
    }

    /** The last key of a family; null when it is empty. */
    byte @Nullable [] lastKey(Supplier<String> attempt, Family family) throws StoreException {
        return this.<byte @Nullable []>call(attempt, database -> {
            try (RocksIterator entries = database.db().newIterator(database.family(family), passing)) {
                entries.seekToLast();
                entries.status();
                return entries.isValid() ? entries.key() : null;
            }
        });
    }

    private NativeDatabase enter(Supplier<String> attempt) throws StoreException {
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
                if (!isUsable()) {
                    throw new StoreException(attempt.get() + " failed: its database is not open");
                }
            } finally {
                changing.unlock();
            }
        }
    }

    /** Whether it is open: not closed, nor half-way through a reopening that failed. */
    boolean isUsable() {
        return !current.gate().isShut();
    }

    boolean isClosed() {
        return closed;
    }

    /** Fails after {@link #close()}: for what is done without a native call, and still must not succeed then. */
    void requireOpen(Supplier<String> attempt) throws StoreException {
        if (closed) {
            throw new StoreException(attempt.get() + " failed: the store is closed");
        }
    }

    /**
     * Closes and opens it, which is the only way out of an error that it has latched. Calls wait meanwhile. When it cannot
     * be opened it is opened for reading alone, if that can be done.
     */
    void reopen() throws StoreException {
        Supplier<String> attempt = () -> "reopening of database " + home.directory();
        changing.lock();
        try {
            requireOpen(attempt);
            current.close();
            current = opening.open(NativeDatabase.Mode.NORMAL);
            trouble = null;
        } catch (RocksDBException e) {
            trouble = failed(attempt, e);
            openForReading(attempt);
            throw failed(attempt, e);
        } finally {
            changing.unlock();
        }
    }

    private void openForReading(Supplier<String> attempt) throws StoreException {
        try {
            current = opening.open(NativeDatabase.Mode.READ_ONLY);
        } catch (RocksDBException e) {
            throw failed(attempt, e);
        }
    }

    @Override
    public void close() {
        changing.lock();
        try {
            if (!closed) {
                closed = true;
                current.close();
                handles.close();
            }
        } finally {
            changing.unlock();
        }
    }
}
