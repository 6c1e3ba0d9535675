package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.LongConsumer;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** The two databases and the segments of one of them, opened whatever has become of them. */
final class Databases implements AutoCloseable {

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
            this.index = first;
            makeDirectories();
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

    /** Where nothing can be made or deleted there is still something to read. */
    private void makeDirectories() throws IOException {
        try {
            Trees.makeEmpty(layout.staging());
            Files.createDirectories(layout.segments());
        } catch (IOException e) {
            if (index.trouble() == null) {
                throw e;
            }
        }
    }

    private Database open(Family.Home home, LongConsumer onWrite) throws RocksDBException, IOException {
        return new Database(home, tuning.memtableLimit(), onWrite, new Salvage(layout, home, tuning));
    }

    private static String reason(Exception e) {
        boolean inUse = e instanceof RocksDBException known && Fault.of(known) == Fault.IN_USE;
        return inUse ? "another process uses it; stop it or choose another `data`" : String.valueOf(e.getMessage());
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
