package layouts;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ChecksumType;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** A RocksDB of one column family. */
abstract class Rocks implements Layout {
    final Path directory;
    final LRUCache cache = new LRUCache(8 << 20);
    final ReadOptions reads = new ReadOptions().setFillCache(false);
    final Options options;
    final RocksDB database;

    Rocks(Path directory, ChecksumType checksum, Options options) throws RocksDBException {
        this.directory = directory;
        this.options = options.setCreateIfMissing(true).setCompressionType(CompressionType.NO_COMPRESSION)
                .setLevelCompactionDynamicLevelBytes(true).setAdviseRandomOnOpen(false).setAllowFAllocate(false)
                .setParanoidChecks(false).setMaxOpenFiles(1000).setTtl(0).setPeriodicCompactionSeconds(0)
                .setStatsDumpPeriodSec(0).setBytesPerSync(1 << 20)
                .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache).setChecksumType(checksum));
        this.database = RocksDB.open(options, directory.toString());
    }

    @Override
    public void read(int number, int offset, ByteBuffer into, ByteBuffer scratch) throws RocksDBException {
        boolean whole = into.remaining() == scratch.capacity();
        ByteBuffer target = whole ? into : scratch.clear();
        if (database.get(reads, key(1, number), target) != scratch.capacity()) {
            throw new IllegalStateException("read of chunk " + number + " failed: it is not whole");
        }
        if (!whole) {
            into.put(scratch.slice(offset, into.remaining()));
        }
    }

    @Override
    public void drop() throws RocksDBException {
        drop(1);
    }

    void drop(long fill) throws RocksDBException {
        database.deleteFilesInRanges(database.getDefaultColumnFamily(),
                List.of(keyBytes(fill, 0), keyBytes(fill + 1, 0)), false);
    }

    static ByteBuffer key(long fill, int number) {
        return ByteBuffer.allocateDirect(12).putLong(fill).putInt(number).flip();
    }

    static byte[] keyBytes(long fill, int number) {
        return ByteBuffer.allocate(12).putLong(fill).putInt(number).array();
    }

    @Override
    public void close() {
        database.close();
        options.close();
        reads.close();
        cache.close();
    }
}
