package layouts;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.rocksdb.ChecksumType;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** Chunks put into memtables without the log: from there into blob files, or into compacted files. */
final class Memtables extends Rocks {
    private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
    private final boolean blobFiles;

    Memtables(Path directory, boolean blobFiles) throws RocksDBException {
        super(directory, ChecksumType.kXXH3, new Options().setWriteBufferSize(64 << 20)
                .setTargetFileSizeBase(64 << 20).setMaxBytesForLevelBase(1 << 30).setMaxWriteBufferNumber(3)
                .setEnableBlobFiles(blobFiles).setMinBlobSize(32 << 10).setDisableAutoCompactions(blobFiles));
        this.blobFiles = blobFiles;
    }

    @Override
    public void put(int number, ByteBuffer chunk) throws RocksDBException {
        database.put(unlogged, key(1, number), chunk);
    }

    @Override
    public void finish() throws RocksDBException {
        try (FlushOptions wait = new FlushOptions()) {
            database.flush(wait);
        }
    }

    @Override
    public void drop() throws RocksDBException {
        if (!blobFiles) {
            super.drop();
        }
        database.deleteRange(keyBytes(1, 0), keyBytes(2, 0));
        if (blobFiles) {
            finish();
            super.drop();
        }
    }

    @Override
    public void close() {
        unlogged.close();
        super.close();
    }
}
