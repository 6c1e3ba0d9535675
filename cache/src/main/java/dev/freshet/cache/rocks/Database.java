package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The native database behind its {@link Gate}: every native call is made here or by a {@link Call} from here, and after
 * {@link #close()} it fails with {@link StoreException}. May be used by any thread.
 */
final class Database implements AutoCloseable {

    private final Handles handles;
    private final Gate gate = new Gate();
    private final ReentrantLock closing = new ReentrantLock();
    private final RocksDB db;
    private final Map<Family, ColumnFamilyHandle> families;
    private final ReadOptions chunkReads;
    private final WriteOptions logged;
    private final WriteOptions unlogged;
    private final WriteOptions synced;
    private final FlushOptions flush;
    private final FlushOptions beginFlush;
    private final long memtableLimit;
    private final Patience patience;
    private final Flusher flusher;
    private volatile boolean logTorn;

    /** Something done with the open database. */
    interface Call<T extends @Nullable Object> {

        T on(RocksDB db) throws RocksDBException;
    }

    /** Takes one entry of a scan. */
    interface Visitor {

        void visit(byte[] key, byte[] value);
    }

    private Database(NativeDatabase opened) {
        this.handles = opened.handles();
        this.memtableLimit = opened.memtableLimit();
        this.db = opened.db();
        this.families = opened.families();
        this.chunkReads = handles.own(new ReadOptions()).setFillCache(false);
        this.logged = handles.own(new WriteOptions()).setNoSlowdown(true);
        this.unlogged = handles.own(new WriteOptions()).setNoSlowdown(true).setDisableWAL(true);
        this.synced = handles.own(new WriteOptions()).setNoSlowdown(true).setSync(true);
        this.flush = handles.own(new FlushOptions()).setWaitForFlush(true).setAllowWriteStall(true);
        this.beginFlush = handles.own(new FlushOptions()).setWaitForFlush(false).setAllowWriteStall(true);
        this.flusher = new Flusher(this::flushNow, this::flushAgain);
        this.patience = new Patience(this::hasRoom, this::flushAgain, Duration.ofMillis(5));
    }

    /** Opens the database of a directory, and makes it when there is none. */
    static Database open(Path directory, long memoryBytes) throws StoreException {
        return new Database(NativeDatabase.open(directory, memoryBytes));
    }

    /**
     * Does something with the database.
     *
     * @param attempt what it is, for the message when it fails, such as "commit of sha256:..."
     */
    <T extends @Nullable Object> T call(Supplier<String> attempt, Call<T> call) throws StoreException {
        enter(attempt);
        try {
            return call.on(db);
        } catch (RocksDBException e) {
            throw new StoreException(attempt.get() + " failed: " + e.getMessage(), e);
        } finally {
            gate.leave();
        }
    }

    byte @Nullable [] get(Supplier<String> attempt, Family family, byte[] key) throws StoreException {
        return this.<byte @Nullable []>call(attempt, db -> db.get(families.get(family), key));
    }

    /** Makes changes that survive the end of the process. */
    void write(Supplier<String> attempt, Batch.Edit edit) throws StoreException {
        patience.awaitRoom(attempt);
        write(attempt, logged, edit);
    }

    /** Makes changes that survive a loss of power, with everything written before them. */
    void writeSynced(Supplier<String> attempt, Batch.Edit edit) throws StoreException {
        patience.awaitRoom(attempt);
        write(attempt, synced, edit);
    }

    /** Makes changes as {@link #write} does, but fails rather than wait. */
    void writeAtOnce(Supplier<String> attempt, Batch.Edit edit) throws StoreException {
        write(attempt, logged, edit);
    }

    private void write(Supplier<String> attempt, WriteOptions options, Batch.Edit edit) throws StoreException {
        logged(attempt, db -> {
            try (WriteBatch changes = new WriteBatch()) {
                edit.to(new Batch(changes, families));
                db.write(options, changes);
            }
            return true;
        });
    }

    /**
     * Writes through the log. A write that failed may have left half a record there, behind which nothing would be found
     * after a crash: so the flush that makes the log superfluous, and begins another, comes first.
     */
    private void logged(Supplier<String> attempt, Call<Boolean> write) throws StoreException {
        if (logTorn) {
            flusher.flush(attempt);
        }
        try {
            call(attempt, write);
        } catch (StoreException e) {
            logTorn |= isIoError(e);
            throw e;
        }
    }

    private static boolean isIoError(StoreException e) {
        return e.getCause() instanceof RocksDBException cause && cause.getStatus() != null
                && cause.getStatus().getCode() == Status.Code.IOError;
    }

    /**
     * Copies a chunk into a direct buffer as far as there is room, without moving its position.
     *
     * @return the length of the whole chunk; negative when there is none
     */
    int readChunk(Supplier<String> attempt, ByteBuffer key, ByteBuffer destination)
            throws StoreException, RocksDBException {
        enter(attempt);
        try {
            return db.get(families.get(Family.CHUNKS), chunkReads, key, destination);
        } finally {
            gate.leave();
        }
    }

    /**
     * Puts a chunk from direct buffers.
     *
     * @param log whether it survives the end of the process by itself, or only by {@link #flushChunks}
     */
    void writeChunk(Supplier<String> attempt, ByteBuffer key, ByteBuffer value, boolean log) throws StoreException {
        patience.awaitRoom(attempt);
        if (log) {
            logged(attempt, db -> putChunk(db, logged, key, value));
        } else {
            call(attempt, db -> putChunk(db, unlogged, key, value));
        }
    }

    private boolean putChunk(RocksDB db, WriteOptions options, ByteBuffer key, ByteBuffer value)
            throws RocksDBException {
        db.put(families.get(Family.CHUNKS), options, key, value);
        return true;
    }

    /** Makes all chunks put so far survive a loss of power. */
    void flushChunks(Supplier<String> attempt) throws StoreException {
        flusher.flush(attempt);
    }

    /** Chunks go first, so that no record is on disk without them. */
    private void flushNow() throws StoreException {
        boolean all = logTorn;
        logTorn = false;
        try {
            call(() -> "flush", db -> {
                db.flush(flush, families.get(Family.CHUNKS));
                if (all) {
                    db.flush(flush, List.copyOf(families.values()));
                }
                return true;
            });
        } catch (StoreException e) {
            logTorn |= all;
            throw e;
        }
    }

    private void flushAgain() throws StoreException {
        call(() -> "flush", db -> {
            db.flush(beginFlush, List.copyOf(families.values()));
            return true;
        });
    }

    private boolean hasRoom() throws StoreException {
        return call(() -> "look-up of memory in use",
                db -> db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables") < memtableLimit);
    }

    /** Frees at once what files hold nothing but chunks of this range, of which no key may be in use. */
    void deleteChunkFiles(Supplier<String> attempt, byte[] from, byte[] to) throws StoreException {
        call(attempt, db -> {
            db.deleteFilesInRanges(families.get(Family.CHUNKS), List.of(from, to), false);
            return true;
        });
    }

    /** Visits the entries of a family in the order of their keys. */
    void scan(Supplier<String> attempt, Family family, Visitor visitor) throws StoreException {
        call(attempt, db -> {
            try (RocksIterator entries = db.newIterator(families.get(family))) {
                for (entries.seekToFirst(); entries.isValid(); entries.next()) {
                    visitor.visit(entries.key(), entries.value());
                }
                entries.status();
            }
            return true;
        });
    }

    /** A figure that RocksDB states about a family. */
    String property(Family family, String name) throws StoreException {
        return call(() -> "look-up of " + name, db -> db.getProperty(families.get(family), name));
    }

    private void enter(Supplier<String> attempt) throws StoreException {
        if (!gate.enter()) {
            throw closed(attempt);
        }
    }

    boolean isClosed() {
        return gate.isShut();
    }

    /** Fails after {@link #close()}: for what is done without a native call, and still must not succeed then. */
    void requireOpen(Supplier<String> attempt) throws StoreException {
        if (gate.isShut()) {
            throw closed(attempt);
        }
    }

    private static StoreException closed(Supplier<String> attempt) {
        return new StoreException(attempt.get() + " failed: the store is closed");
    }

    @Override
    public void close() {
        closing.lock();
        try {
            flusher.close();
            gate.shut(() -> db.cancelAllBackgroundWork(false));
            flusher.join();
            handles.close();
        } finally {
            closing.unlock();
        }
    }
}
