package dev.freshet.cache.rocks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * A database as it was opened, with the gate that must be passed before each use of it.
 *
 * @param handles its native handles
 * @param db the database
 * @param families the handle of each family
 */
record NativeDatabase(Handles handles, RocksDB db, Map<Family, ColumnFamilyHandle> families, Gate gate) {

    /** @param salvage whether it may leave out what is damaged or missing, and the log, and open the rest */
    static NativeDatabase open(Layout layout, Family.Home home, Tuning tuning, boolean salvage)
            throws RocksDBException {
        Handles handles = new Handles();
        try {
            List<ColumnFamilyDescriptor> wanted = new ArrayList<>();
            for (Family family : home.families()) {
                wanted.add(new ColumnFamilyDescriptor(family.nameInBytes(), tuning.family(handles, family)));
            }
            List<ColumnFamilyHandle> opened = new ArrayList<>();
            RocksDB db = handles.own(RocksDB.open(tuning.database(handles).setBestEffortsRecovery(salvage),
                    layout.database(home).toString(), wanted,
                    opened));
            opened.forEach(handles::own);
            return new NativeDatabase(handles, db, home.pair(opened), new Gate());
        } catch (RocksDBException | RuntimeException e) {
            handles.close();
            throw e;
        }
    }

    ColumnFamilyHandle family(Family family) {
        ColumnFamilyHandle handle = families.get(family);
        if (handle == null) {
            throw new IllegalArgumentException(family + " is in another database");
        }
        return handle;
    }

    /** Waits for those inside, and closes every handle. */
    void close() {
        gate.shut(() -> db.cancelAllBackgroundWork(false));
        handles.close();
    }
}
