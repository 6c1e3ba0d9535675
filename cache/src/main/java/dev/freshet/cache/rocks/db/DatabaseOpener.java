package dev.freshet.cache.rocks.db;

import java.io.IOException;
import org.rocksdb.RocksDBException;

/** The way to open a database, which may be opened several times. */
public interface DatabaseOpener {

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
