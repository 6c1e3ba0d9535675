package dev.freshet.cache.rocks.db;

import java.nio.ByteBuffer;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Changes to one database that become visible and durable together. */
public final class Batch {

    private final WriteBatch changes;
    private final NativeDatabase database;

    /** A source of changes for a batch. */
    public interface Edit {

        void to(Batch batch) throws RocksDBException;
    }

    Batch(WriteBatch changes, NativeDatabase database) {
        this.changes = changes;
        this.database = database;
    }

    public Batch put(Family family, byte[] key, byte[] value) throws RocksDBException {
        changes.put(database.family(family), key, value);
        return this;
    }

    /** Puts what remains in two direct buffers, and moves their positions to their limits. */
    public Batch put(Family family, ByteBuffer key, ByteBuffer value) throws RocksDBException {
        changes.put(database.family(family), key, value);
        return this;
    }

    public Batch delete(Family family, byte[] key) throws RocksDBException {
        changes.delete(database.family(family), key);
        return this;
    }

    /** Deletes every key from one, inclusive, to another, exclusive. */
    public Batch deleteRange(Family family, byte[] from, byte[] to) throws RocksDBException {
        changes.deleteRange(database.family(family), from, to);
        return this;
    }

    /** Bytes that the log takes for it. */
    long size() {
        return changes.getDataSize();
    }
}
