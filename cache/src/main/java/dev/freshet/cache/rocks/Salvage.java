package dev.freshet.cache.rocks;

import java.io.IOException;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a database whatever has become of it: one that is damaged is salvaged as far as RocksDB can, and if it cannot, it
 * is deleted and begun anew, as everything in it can be fetched again. The log says so.
 *
 * @param layout where it is
 * @param home which it is
 */
record Salvage(Layout layout, Family.Home home, Tuning tuning) implements Opening {

    private static final Logger LOG = LoggerFactory.getLogger(Salvage.class);

    @Override
    public NativeDatabase open(boolean damaged) throws RocksDBException, IOException {
        try {
            return open(NativeDatabase.Mode.NORMAL);
        } catch (RocksDBException e) {
            requireDamage(e);
            LOG.error("database {} of store {} is damaged: {}; it is salvaged", home.directory(), layout.root(),
                    e.getMessage());
        }
        try {
            open(NativeDatabase.Mode.SALVAGE).close();
            return open(NativeDatabase.Mode.NORMAL);
        } catch (RocksDBException e) {
            requireDamage(e);
            LOG.error("database {} of store {} cannot be salvaged: {}; it is deleted, and its content fetched again as"
                    + " it is asked for", home.directory(), layout.root(), e.getMessage());
        }
        Trees.delete(layout.database(home));
        if (home == Family.Home.BULK) {
            Trees.makeEmpty(layout.segments());
        }
        return open(NativeDatabase.Mode.NORMAL);
    }

    private static void requireDamage(RocksDBException e) throws RocksDBException {
        if (Fault.of(e) != Fault.DAMAGE) {
            throw e;
        }
    }

    @Override
    public NativeDatabase openForReading() throws RocksDBException {
        return open(NativeDatabase.Mode.READ_ONLY);
    }

    private NativeDatabase open(NativeDatabase.Mode mode) throws RocksDBException {
        return NativeDatabase.open(layout, home, tuning, mode);
    }
}
