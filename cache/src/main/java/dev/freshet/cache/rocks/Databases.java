package dev.freshet.cache.rocks;

import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Directories;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Fault;
import dev.freshet.cache.rocks.db.Format;
import dev.freshet.cache.rocks.db.Layout;
import dev.freshet.cache.rocks.db.StoreLock;
import dev.freshet.cache.rocks.db.Tuning;
import dev.freshet.cache.rocks.repair.CorruptionScan;
import dev.freshet.cache.rocks.repair.DatabaseRecovery;
import dev.freshet.cache.rocks.repair.FileCheck;
import dev.freshet.cache.rocks.segment.Segments;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.LongConsumer;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** The two databases of a store and its segments; damage does not keep them from being opened. */
final class Databases implements AutoCloseable {

    private final Layout layout;
    private final StoreLock lock;
    private final Tuning tuning;
    private final Database index;
    private final Database bulk;
    private final Segments segments;

    /**
     * Opens them.
     *
     * @param access whether anything may be changed
     * @param onWrite hears how many bytes went through the logs
     */
    Databases(StorageOptions options, Format.Access access, LongConsumer onWrite) throws StoreException {
        this.layout = new Layout(options.directory());
        Format.check(layout, access);
        RocksDB.loadLibrary();
        this.lock = StoreLock.take(layout.root());
        this.tuning = new Tuning(options);
        boolean opened = false;
        Database first = null;
        try {
            if (access == Format.Access.FULL) {
                Format.prepare(layout);
            }
            boolean isNew = DatabaseRecovery.isNew(layout);
            first = open(Family.Home.INDEX, access, isNew, onWrite);
            this.index = first;
            if (access == Format.Access.FULL) {
                makeDirectories();
            }
            this.bulk = open(Family.Home.BULK, access, isNew, onWrite);
            this.segments = new Segments(bulk, layout, tuning, onWrite);
            opened = true;
        } catch (StoreException e) {
            throw e;
        } catch (RocksDBException | IOException e) {
            throw new StoreException("open of store " + layout.root() + " failed: " + reason(e), e);
        } finally {
            if (!opened) {
                if (first != null) {
                    first.close();
                }
                tuning.close();
                lock.close();
            }
        }
    }

    /** A disk that is read-only still serves what is stored. */
    private void makeDirectories() throws IOException {
        try {
            Directories.makeEmpty(layout.staging());
            Files.createDirectories(layout.segments());
        } catch (IOException e) {
            if (index.trouble() == null) {
                throw e;
            }
        }
    }

    private Database open(Family.Home home, Format.Access access, boolean isNew, LongConsumer onWrite)
            throws RocksDBException, IOException {
        return new Database(home, tuning.memtableLimit(), onWrite,
                new DatabaseRecovery(layout, home, tuning, access, isNew));
    }

    private static String reason(Exception e) {
        boolean inUse = e instanceof RocksDBException known && Fault.of(known) == Fault.IN_USE;
        return inUse ? "another process uses it; stop it or choose another `data`" : String.valueOf(e.getMessage());
    }

    /**
     * Reads everything but segments, and leaves out what is damaged.
     *
     * @throws StoreException if it cannot be read for another reason, or not be opened without what is damaged
     */
    void repair() throws StoreException {
        for (Database database : List.of(index, bulk)) {
            try {
                CorruptionScan.verify(database);
            } catch (StoreException e) {
                if (!database.isDamaged()) {
                    throw e;
                }
                database.reopen();
            }
        }
    }

    Layout layout() {
        return layout;
    }

    /** A check that the files are still where they were opened. */
    FileCheck fileCheck() {
        return new FileCheck(layout, lock, List.of(index, bulk));
    }

    Tuning tuning() {
        return tuning;
    }

    Database index() {
        return index;
    }

    Database bulk() {
        return bulk;
    }

    Segments segments() {
        return segments;
    }

    @Override
    public void close() {
        bulk.close();
        index.close();
        segments.close();
        tuning.close();
        lock.close();
    }
}
