package dev.freshet.cache.rocks;

import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Opens a database for reading and for nothing else.
 *
 * @param opening how it would be opened otherwise
 */
record ReadingAlone(DatabaseOpener opening) implements DatabaseOpener {

    @Override
    public NativeDatabase open(boolean damaged) throws RocksDBException {
        throw new RocksDBException(
                new Status(Status.Code.NotSupported, Status.SubCode.None, "it is opened for reading alone"));
    }

    @Override
    public boolean hasLost() {
        return opening.hasLost();
    }

    @Override
    public NativeDatabase openForReading() throws RocksDBException {
        return opening.openForReading();
    }
}
