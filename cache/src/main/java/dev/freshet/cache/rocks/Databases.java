package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.LongConsumer;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two databases and the segments of one of them, opened whatever has become of them: one that is damaged is salvaged as far as RocksDB can, and if it
 * cannot, it is deleted and begun anew, as everything in it can be fetched again. The log says so.
 */
final class Databases implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Databases.class);

    private final Layout layout;
    private final Tuning tuning;
    private final Database index;
    private final Database bulk;
    private final Segments segments;

    /** @param onWrite hears how many bytes went through the logs */
    Databases(StorageOptions options, LongConsumer onWrite) throws StoreException {
        this.layout = new Layout(options.directory());
        Format.check(layout);
        RocksDB.loadLibrary();
        this.tuning = new Tuning(options);
        boolean opened = false;
        Database first = null;
        try {
            first = open(Family.Home.INDEX, onWrite);
            Trees.makeEmpty(layout.staging());
            Files.createDirectories(layout.segments());
            this.index = first;
            this.bulk = open(Family.Home.BULK, onWrite);
            this.segments = new Segments(bulk, layout, tuning, onWrite);
            opened = true;
        } catch (RocksDBException | IOException e) {
            throw new StoreException("open of store " + layout.root() + " failed: " + reason(e), e);
        } finally {
            if (!opened) {
                if (first != null) {
                    first.close();
                }
                tuning.close();
            }
        }
    }

    private Database open(Family.Home home, LongConsumer onWrite) throws RocksDBException, StoreException, IOException {
        try {
            return database(home, onWrite);
        } catch (RocksDBException e) {
            if (!Database.isDamage(e)) {
                throw e;
            }
            LOG.error("database {} of store {} is damaged: {}; it is salvaged", home.directory(), layout.root(),
                    e.getMessage());
        }
        try {
            NativeDatabase.open(layout, home, tuning, NativeDatabase.Mode.SALVAGE).close();
            return database(home, onWrite);
        } catch (RocksDBException e) {
            if (!Database.isDamage(e)) {
                throw e;
            }
            LOG.error("database {} of store {} cannot be salvaged: {}; it is deleted, and its content fetched again as"
                    + " it is asked for", home.directory(), layout.root(), e.getMessage());
        }
        Trees.delete(layout.database(home));
        if (home == Family.Home.BULK) {
            Trees.makeEmpty(layout.segments());
        }
        return database(home, onWrite);
    }

    private Database database(Family.Home home, LongConsumer onWrite) throws RocksDBException, StoreException {
        return new Database(home, tuning.memtableLimit(), onWrite,
                mode -> NativeDatabase.open(layout, home, tuning, mode));
    }

    private static String reason(Exception e) {
        String message = String.valueOf(e.getMessage());
        boolean inUse = message.contains("While lock file") || message.startsWith("lock ");
        return inUse ? "another process uses it; stop it or choose another `data`" : message;
    }

    Layout layout() {
        return layout;
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
    }
}
