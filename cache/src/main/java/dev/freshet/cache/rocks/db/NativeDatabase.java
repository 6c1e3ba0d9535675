package dev.freshet.cache.rocks.db;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * An open database, with the gate that must be passed before each use of it.
 *
 * @param handles its native handles
 * @param db the database
 * @param families the handle of each family
 */
public record NativeDatabase(Handles handles, RocksDB db, Map<Family, ColumnFamilyHandle> families, Gate gate) {

    /** The ways to open a database. */
    public enum Mode {
        /** It is made if it is not there, and may be changed. */
        NORMAL,
        /** What is damaged or missing is left out, and so is the log, and the rest may be changed. */
        SALVAGE,
        /** Nothing of it is changed, not even by the opening. */
        READ_ONLY
    }

    /**
     * Opens a database.
     *
     * @param place its directory
     */
    public static NativeDatabase open(Path place, Family.Home home, Tuning tuning, Mode mode) throws RocksDBException {
        Handles handles = new Handles();
        try {
            List<ColumnFamilyDescriptor> wanted = new ArrayList<>();
            for (Family family : home.families()) {
                wanted.add(new ColumnFamilyDescriptor(family.nameInBytes(), tuning.family(handles, family)));
            }
            List<ColumnFamilyHandle> opened = new ArrayList<>();
            DBOptions options = tuning.database(handles, home);
            String directory = place.toString();
            RocksDB db = handles.own(switch (mode) {
                case NORMAL -> RocksDB.open(options, directory, wanted, opened);
                case SALVAGE -> RocksDB.open(options.setBestEffortsRecovery(true), directory, wanted, opened);
                case READ_ONLY -> RocksDB.openReadOnly(options, directory, wanted, opened);
            });
            opened.forEach(handles::own);
            return new NativeDatabase(handles, db, home.pair(opened), new Gate());
        } catch (RocksDBException | RuntimeException e) {
            handles.close();
            throw e;
        }
    }

    public ColumnFamilyHandle family(Family family) {
        ColumnFamilyHandle handle = families.get(family);
        if (handle == null) {
            throw new IllegalArgumentException(family + " is in another database");
        }
        return handle;
    }

    /** The tables of a family. */
    public Stream<LiveFileMetaData> tables(Family family) {
        byte[] name = family.nameInBytes();
        return db.getLiveFilesMetaData().stream().filter(table -> Arrays.equals(table.columnFamilyName(), name));
    }

    RocksIterator iterator(Family family, ReadOptions options) {
        return db.newIterator(family(family), options);
    }

    /** Visits the entries of a family in the order of their keys, from a key on. */
    public void visit(Family family, ReadOptions options, byte[] from, Database.Visitor visitor)
            throws RocksDBException {
        try (RocksIterator entries = iterator(family, options)) {
            visit(entries, from, visitor);
        }
    }

    static void visit(RocksIterator entries, byte[] from, Database.Visitor visitor) throws RocksDBException {
        boolean more = true;
        for (entries.seek(from); more && entries.isValid(); entries.next()) {
            more = visitor.visit(entries.key(), entries.value());
        }
        entries.status();
    }

    /** Waits for those inside, and closes every handle. */
    public void close() {
        gate.shut(() -> db.cancelAllBackgroundWork(false));
        handles.close();
    }
}
