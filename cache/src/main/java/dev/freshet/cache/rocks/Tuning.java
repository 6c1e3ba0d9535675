package dev.freshet.cache.rocks;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.WriteBufferManager;

/**
 * How the database is set up, given the memory that memtables and cached blocks may take together.
 *
 * <p>The bound holds because memtables are charged to the block cache, and because writers wait with {@link Patience}
 * before memtables take half of it. RocksDB's own ways to hold up writers are out of reach: they do not end when a flush
 * fails, so a full disk would hang writers for ever.
 *
 * <p>Chunks are written once in almost ascending order, so flushed files seldom overlap and compaction moves them down
 * without a copy. Only fills that ran at the same time share files; those are merged once. A compaction that meets a
 * damaged block fails and is tried again; with the limits on the number of level-0 files lifted it never holds up writers.
 */
final class Tuning {

    static final long MIN_MEMORY = 16L << 20;

    private static final long MIB = 1L << 20;
    private static final int NO_LIMIT = 1 << 30;

    private final Handles handles;
    private final long memoryBytes;
    private final Cache cache;
    private final BloomFilter filter;

    Tuning(Handles handles, long memoryBytes) {
        if (memoryBytes < MIN_MEMORY) {
            throw new IllegalArgumentException(
                    "store memory of " + memoryBytes + " bytes is too little: give it at least " + MIN_MEMORY);
        }
        this.handles = handles;
        this.memoryBytes = memoryBytes;
        this.cache = handles.own(new LRUCache(memoryBytes));
        this.filter = handles.own(new BloomFilter(10));
    }

    /** Bytes that memtables may take before writers wait: three of chunks. */
    long memtableLimit() {
        return Math.min(3 * 64 * MIB, memoryBytes * 3 / 8);
    }

    DBOptions database() {
        WriteBufferManager memtables = handles.own(new WriteBufferManager(memoryBytes / 2, cache, false));
        return handles.own(new DBOptions())
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setParanoidChecks(false)
                .setWriteBufferManager(memtables)
                .setMaxBackgroundJobs(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .setMaxOpenFiles(1000)
                .setMaxTotalWalSize(Math.min(64 * MIB, memoryBytes / 4))
                .setBytesPerSync(MIB)
                .setAdviseRandomOnOpen(false)
                .setAvoidFlushDuringShutdown(true)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(MIB)
                .setKeepLogFileNum(3);
    }

    ColumnFamilyOptions family(Family family) {
        return family == Family.CHUNKS ? chunks() : facts();
    }

    private ColumnFamilyOptions chunks() {
        return base().setWriteBufferSize(Math.min(64 * MIB, memoryBytes / 8))
                .setTargetFileSizeBase(64 * MIB)
                .setMaxBytesForLevelBase(1024 * MIB);
    }

    private ColumnFamilyOptions facts() {
        return base().setWriteBufferSize(Math.min(4 * MIB, memoryBytes / 128));
    }

    private ColumnFamilyOptions base() {
        ColumnFamilyOptions options = handles.own(new ColumnFamilyOptions());
        options.setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache)
                .setFilterPolicy(filter)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinL0FilterAndIndexBlocksInCache(true));
        return options.setCompressionType(CompressionType.NO_COMPRESSION)
                .setMaxWriteBufferNumber(NO_LIMIT)
                .setLevel0SlowdownWritesTrigger(NO_LIMIT)
                .setLevel0StopWritesTrigger(NO_LIMIT)
                .setSoftPendingCompactionBytesLimit(0)
                .setHardPendingCompactionBytesLimit(0)
                .setTtl(0)
                .setPeriodicCompactionSeconds(0);
    }
}
