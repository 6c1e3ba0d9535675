package dev.freshet.cache.rocks.db;

import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A native database: every native call is made here or by a {@link Call} from here, behind a gate, and fails with
 * {@link StoreException} after {@link #close()}. May be used by any thread.
 *
 * <p>After a write that failed, every further one is refused until {@link #reopen()}: RocksDB may have latched the error,
 * and may have left half a record in the log, behind which a crash would lose everything. Reads go on.
 */
public final class Database implements AutoCloseable {

    private final Family.Home home;
    private final LongConsumer onWrite;
    private final Handles handles = new Handles();
    private final ReadOptions passing = handles.own(new ReadOptions()).setFillCache(false);
    private final ReadOptions caching = handles.own(new ReadOptions());
    private final WriteOptions logged = handles.own(new WriteOptions()).setNoSlowdown(true);
    private final WriteOptions synced = handles.own(new WriteOptions()).setNoSlowdown(true).setSync(true);
    private final long memtableLimit;
    private final WriteStall stall;
    private final ReopenableDatabase opened;

    /** A call on the open database. */
    public interface Call<T extends @Nullable Object> {

        T on(NativeDatabase database) throws RocksDBException, StoreException;
    }

    /** An action within a scan, or between other steps. */
    public interface Step {

        void run() throws StoreException;
    }

    /** A receiver of the entries of a scan; false ends it. */
    public interface Visitor {

        boolean visit(byte[] key, byte[] value) throws RocksDBException;
    }

    /**
     * @param memtableLimit bytes of memory that writes may take before they wait for a flush
     * @param onWrite hears how many bytes went through the log
     */
    public Database(Family.Home home, long memtableLimit, LongConsumer onWrite, ReopenableDatabase.Opener opening)
            throws RocksDBException, IOException {
        this.home = home;
        this.onWrite = onWrite;
        this.memtableLimit = memtableLimit;
        this.stall = new WriteStall(this::memtablesHaveRoom, this::beginFlush, Duration.ofMillis(5));
        boolean done = false;
        try {
            this.opened = new ReopenableDatabase(opening);
            done = true;
        } finally {
            if (!done) {
                handles.close();
            }
        }
    }

    /**
     * Does something with the database that changes nothing.
     *
     * @param attempt what it is, for the message when it fails, such as "look-up of sha256:..."
     */
    public <T extends @Nullable Object> T call(Supplier<String> attempt, Call<T> call) throws StoreException {
        NativeDatabase database = opened.enter(attempt);
        try {
            return call.on(database);
        } catch (RocksDBException e) {
            throw failed(attempt, e);
        } finally {
            database.gate().leave();
        }
    }

    /** As {@link #call}; what cannot be read because it is damaged is trouble, until {@link #reopen()} has left it out. */
    private <T extends @Nullable Object> T look(Supplier<String> attempt, Call<T> call) throws StoreException {
        return this.<T>call(attempt, database -> {
            try {
                return call.on(database);
            } catch (RocksDBException e) {
                if (Fault.of(e) == Fault.DAMAGE) {
                    opened.latch(failed(attempt, e), Fault.DAMAGE);
                }
                throw e;
            }
        });
    }

    public byte @Nullable [] get(Supplier<String> attempt, Family family, byte[] key) throws StoreException {
        return this.<byte @Nullable []>look(attempt, database -> database.db().get(database.family(family), key));
    }

    /**
     * Copies a value into a direct buffer as far as there is room, without moving its position.
     *
     * @return the length of the whole value; negative when there is none
     */
    public int read(Supplier<String> attempt, Family family, ByteBuffer key, ByteBuffer destination)
            throws StoreException, RocksDBException {
        NativeDatabase database = opened.enter(attempt);
        try {
            ReadOptions options = family == Family.SEGMENTS ? passing : caching;
            return database.db().get(database.family(family), options, key, destination);
        } finally {
            database.gate().leave();
        }
    }

    /** Makes changes that survive the end of the process. */
    public void write(Supplier<String> attempt, Batch.Edit edit) throws StoreException {
        write(attempt, logged, edit);
    }

    /** Makes changes that survive a loss of power, with everything written before them. */
    public void writeSynced(Supplier<String> attempt, Batch.Edit edit) throws StoreException {
        write(attempt, synced, edit);
    }

    private void write(Supplier<String> attempt, WriteOptions options, Batch.Edit edit) throws StoreException {
        opened.requireWritable(attempt);
        awaitRoom(attempt);
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
    public <T extends @Nullable Object> T change(Supplier<String> attempt, Call<T> call) throws StoreException {
        opened.requireWritable(attempt);
        NativeDatabase database = opened.enter(attempt);
        try {
            return call.on(database);
        } catch (RocksDBException e) {
            StoreException failure = failed(attempt, e);
            Fault fault = Fault.of(e);
            if (fault != Fault.REFUSAL) {
                opened.latch(failure, fault);
            }
            throw failure;
        } finally {
            database.gate().leave();
        }
    }

    private static StoreException failed(Supplier<String> attempt, RocksDBException e) {
        return new StoreException(attempt.get() + " failed: " + e.getMessage(), e);
    }

    /** What made writes impossible; null while they are not. */
    @Nullable
    public StoreException trouble() {
        return opened.trouble();
    }

    /** Waits for memory. A table that cannot be written, while the log can, fails no other call until memory is full. */
    private void awaitRoom(Supplier<String> attempt) throws StoreException {
        try {
            stall.awaitRoom(attempt);
        } catch (StoreException e) {
            if (!isClosed()) {
                opened.latch(e, Fault.FAILURE);
            }
            throw e;
        }
    }

    /** Visits the entries of a family in the order of their keys, from a key on, as they are now. */
    public void scan(Supplier<String> attempt, Family family, byte[] from, Visitor visitor) throws StoreException {
        scan(attempt, family, from, visitor, () -> {});
    }

    /**
     * Visits the entries of a family, as above.
     *
     * @param begun runs as soon as no later change can be seen any more
     */
    public void scan(Supplier<String> attempt, Family family, byte[] from, Visitor visitor, Step begun)
            throws StoreException {
        look(attempt, database -> {
            ReopenableDatabase outer = ReopenableDatabase.scanning(opened);
            try (RocksIterator entries = database.iterator(family, passing)) {
                begun.run();
                NativeDatabase.visit(entries, from, visitor);
            } finally {
                ReopenableDatabase.scanning(outer);
            }
            return true;
        });
    }

    /** Visits the entries of a family whose keys begin with a prefix and are longer, in the order of their keys. */
    public void scanPrefix(Supplier<String> attempt, Family family, byte[] prefix, Visitor visitor)
            throws StoreException {
        scan(attempt, family, prefix,
                (key, value) -> key.length > prefix.length && Arrays.mismatch(key, prefix) == prefix.length
                        && visitor.visit(key, value));
    }

    private boolean memtablesHaveRoom() throws StoreException {
        return call(() -> "look-up of memory in use",
                open -> open.db().getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables") < memtableLimit);
    }

    /** Begins to write memtables to tables once more, after that has failed, and does not wait for it. */
    private void beginFlush() throws StoreException {
        call(() -> "flush", open -> {
            try (FlushOptions begin = new FlushOptions().setWaitForFlush(false).setAllowWriteStall(true)) {
                open.db().flush(begin, List.copyOf(open.families().values()));
            }
            return true;
        });
    }

    /** The numbers that the keys of a family begin with, from one on. */
    public List<Long> numbers(Supplier<String> attempt, Family family, long from) throws StoreException {
        return call(attempt, database -> {
            List<Long> numbers = new ArrayList<>();
            try (RocksIterator entries = database.iterator(family, passing)) {
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

    /** The last number that the keys of a family begin with, also when the last of them cannot be read; 0 without any. */
    public long lastNumber(Supplier<String> attempt, Family family) throws StoreException {
        return call(attempt, database -> {
            try (RocksIterator entries = database.iterator(family, passing)) {
                entries.seekToLast();
                entries.status();
                return entries.isValid() ? Keys.number(entries.key()) : 0;
            } catch (RocksDBException e) {
                if (Fault.of(e) == Fault.DAMAGE) {
                    return database.tables(family).mapToLong(table -> Keys.number(table.largestKey())).max().orElse(0);
                }
                throw e;
            }
        });
    }

    public Family.Home home() {
        return home;
    }

    /** Whether some of it cannot be read, so that {@link #reopen()} has to leave it out. */
    public boolean isDamaged() {
        return opened.isDamaged();
    }

    /** Whether something of it was left out when it was opened, so that it knows less than the other one. */
    public boolean hasLost() {
        return opened.hasLost();
    }

    public boolean isClosed() {
        return opened.isClosed();
    }

    /** Fails after {@link #close()}: for what is done without a native call, and still must not succeed then. */
    public void requireOpen(Supplier<String> attempt) throws StoreException {
        opened.requireOpen(attempt);
    }

    /** Closes and opens it, for reading alone if there is no other way: the only way out of an error that it has latched. */
    public void reopen() throws StoreException {
        opened.reopen(() -> "reopening of database " + home.directory());
    }

    @Override
    public void close() {
        opened.close(handles::close);
    }
}
