package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * A database as it was opened, not guarded yet.
 *
 * @param handles every native handle, for the caller to close
 * @param db the database
 * @param families the handle of each family
 * @param memtableLimit bytes of unflushed data at which writers wait
 */
record NativeDatabase(Handles handles, RocksDB db, Map<Family, ColumnFamilyHandle> families, long memtableLimit) {

    /** Opens the database of a directory, and makes it when there is none. */
    static NativeDatabase open(Path directory, long memoryBytes) throws StoreException {
        Format.check(directory);
        RocksDB.loadLibrary();
        Handles handles = new Handles();
        try {
            Tuning tuning = new Tuning(handles, memoryBytes);
            List<ColumnFamilyDescriptor> wanted = new ArrayList<>();
            for (Family family : Family.values()) {
                wanted.add(new ColumnFamilyDescriptor(family.nameInBytes(), tuning.family(family)));
            }
            List<ColumnFamilyHandle> opened = new ArrayList<>();
            RocksDB db = handles
                    .own(RocksDB.open(tuning.database(), directory.resolve("rocks").toString(), wanted, opened));
            Map<Family, ColumnFamilyHandle> families = new EnumMap<>(Family.class);
            Iterator<ColumnFamilyHandle> inOrder = opened.iterator();
            for (Family family : Family.values()) {
                families.put(family, handles.own(inOrder.next()));
            }
            return new NativeDatabase(handles, db, families, tuning.memtableLimit());
        } catch (RocksDBException e) {
            handles.close();
            throw new StoreException("open of store " + directory + " failed: " + reason(e), e);
        } catch (RuntimeException e) {
            handles.close();
            throw e;
        }
    }

    private static String reason(RocksDBException e) {
        String message = String.valueOf(e.getMessage());
        boolean inUse = message.contains("While lock file") || message.startsWith("lock ");
        return inUse ? "another process uses it; stop it or choose another `data`" : message;
    }
}
