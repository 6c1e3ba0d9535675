package dev.freshet.cache.rocks;

import java.nio.ByteBuffer;
import java.util.Map;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Changes that become visible and durable together. */
final class Batch {

    private final WriteBatch changes;
    private final Map<Family, ColumnFamilyHandle> families;

    /** Adds changes to a batch. */
    interface Edit {

        void to(Batch batch) throws RocksDBException;
    }

    Batch(WriteBatch changes, Map<Family, ColumnFamilyHandle> families) {
        this.changes = changes;
        this.families = families;
    }

    Batch put(Family family, byte[] key, byte[] value) throws RocksDBException {
        changes.put(families.get(family), key, value);
        return this;
    }

    /** Puts what remains in two direct buffers, and moves their positions to their limits. */
    Batch put(Family family, ByteBuffer key, ByteBuffer value) throws RocksDBException {
        changes.put(families.get(family), key, value);
        return this;
    }

    Batch delete(Family family, byte[] key) throws RocksDBException {
        changes.delete(families.get(family), key);
        return this;
    }

    /** Deletes every key from one, inclusive, to another, exclusive. */
    Batch deleteRange(Family family, byte[] from, byte[] to) throws RocksDBException {
        changes.deleteRange(families.get(family), from, to);
        return this;
    }
}
