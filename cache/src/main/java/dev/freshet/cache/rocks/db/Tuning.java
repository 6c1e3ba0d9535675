package dev.freshet.cache.rocks.db;

import dev.freshet.cache.storage.StorageOptions;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ChecksumType;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DbPath;
import org.rocksdb.EnvOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * The options of the databases. Both share one block cache, to which memtables are charged, so that it bounds what they
 * take of memory together.
 *
 * <p>That bound holds because writers wait with {@link WriteStall} before memtables take half of it. RocksDB's own ways to
 * hold up writers are out of reach: they do not end when a flush fails, so a full disk would hang writers for ever.
 *
 * <p>Segments are taken in and never written to, flushed or compacted; their files lie apart, so that the size of all
 * others can be read off a directory.
 */
public final class Tuning implements AutoCloseable {

    static final long MIN_MEMORY = 16L << 20;

    private static final long MIB = 1L << 20;

    /** Neighbours of a key that ends in a digest are unrelated, so a larger block would cache entries without use. */
    private static final int BLOCK_OF_STRANGERS = 1 << 10;

    private static final int NO_LIMIT = 1 << 30;

    private final Handles handles = new Handles();
    private final StorageOptions options;
    private final Layout layout;
    private final long memoryBytes;
    private final Cache rows;
    private final Cache cache;
    private final WriteBufferManager memtables;
    private final BloomFilter filter;

    public Tuning(StorageOptions options) {
        if (options.memoryBytes() < MIN_MEMORY) {
            throw new IllegalArgumentException("store memory of " + options.memoryBytes()
                    + " bytes is too little: give it at least " + MIN_MEMORY);
        }
        this.options = options;
        this.layout = new Layout(options.directory());
        this.memoryBytes = options.memoryBytes() - chunkMemory();
        this.rows = handles.own(new LRUCache(memoryBytes / 4));
        this.cache = handles.own(new LRUCache(memoryBytes / 4 * 3));
        this.memtables = handles.own(new WriteBufferManager(memoryBytes / 2, cache, false));
        this.filter = handles.own(new BloomFilter(10));
    }

    /** Bytes for chunks on their way to disk and hot ones, outside of RocksDB: five eighths of all. */
    public long chunkMemory() {
        return options.memoryBytes() / 8 * 5;
    }

    /** Bytes that the memtables of one database may take before its writers wait. */
    public long memtableLimit() {
        return memoryBytes / 4;
    }

    /** Entries of the index are cached one by one: their neighbours in a block are unrelated. */
    DBOptions database(Handles owner, Family.Home home) {
        DBOptions database = owner.own(new DBOptions())
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setParanoidChecks(false)
                .setWriteBufferManager(memtables)
                .setMaxBackgroundJobs(Math.max(2, Runtime.getRuntime().availableProcessors()))
                .setMaxOpenFiles(1000)
                .setMaxTotalWalSize(Math.min(16 * MIB, share(32)))
                .setMaxManifestFileSize(Math.min(16 * MIB, share(64)))
                .setBytesPerSync(MIB)
                .setAllowFAllocate(false)
                .setAdviseRandomOnOpen(false)
                .setAvoidFlushDuringShutdown(true)
                .setSkipStatsUpdateOnDbOpen(true)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(MIB / 4)
                .setKeepLogFileNum(2);
        return home == Family.Home.INDEX ? database.setRowCache(rows) : database;
    }

    /** A part of what may be taken of memory and of disk, whichever is less. */
    private long share(int divisor) {
        return Math.min(options.maxBytes(), memoryBytes * 4) / divisor;
    }

    ColumnFamilyOptions family(Handles owner, Family family) {
        return switch (family) {
            case SEGMENTS -> segments(owner, layout.segments());
            case SMALL -> merging(owner, Math.min(8 * MIB, Math.min(options.maxBytes() / 128, memoryBytes / 16)));
            case BLOBS, LINKS -> facts(owner).setTableFormatConfig(filtered().setBlockSize(BLOCK_OF_STRANGERS));
            case NOTES, LOOSE, OWNERS, TAGS, PARTS, WHOLES -> facts(owner);
        };
    }

    private ColumnFamilyOptions facts(Handles owner) {
        return merging(owner, Math.min(4 * MIB, Math.min(options.maxBytes() / 512, memoryBytes / 32)));
    }

    /** Merges about eight times what a memtable takes, so that the copy of it fits into what the quota leaves for that. */
    private ColumnFamilyOptions merging(Handles owner, long memtable) {
        return base(owner).setWriteBufferSize(memtable).setTargetFileSizeBase(Math.max(memtable, MIB))
                .setMaxBytesForLevelBase(4 * memtable).setMaxCompactionBytes(8 * memtable);
    }

    /**
     * Each segment that comes or goes makes RocksDB look at all of them; without its checks of their order, which chunks of
     * numbers that are never given twice cannot break, that takes about six tenths of the time.
     */
    private ColumnFamilyOptions segments(Handles owner, Path directory) {
        ColumnFamilyOptions family = base(owner);
        return family.setCfPaths(List.of(new DbPath(directory, Long.MAX_VALUE)))
                .setTableFormatConfig(table())
                .setDisableAutoCompactions(true)
                .setForceConsistencyChecks(false);
    }

    private ColumnFamilyOptions base(Handles owner) {
        ColumnFamilyOptions family = owner.own(new ColumnFamilyOptions());
        family.setTableFormatConfig(filtered());
        return family.setCompressionType(CompressionType.NO_COMPRESSION)
                .setMaxWriteBufferNumber(NO_LIMIT)
                .setLevel0SlowdownWritesTrigger(NO_LIMIT)
                .setLevel0StopWritesTrigger(NO_LIMIT)
                .setSoftPendingCompactionBytesLimit(0)
                .setHardPendingCompactionBytesLimit(0)
                .setTtl(0)
                .setPeriodicCompactionSeconds(0);
    }

    private BlockBasedTableConfig filtered() {
        return table().setFilterPolicy(filter).setPinL0FilterAndIndexBlocksInCache(true);
    }

    /** Segments have no filter, as a look-up of a chunk always finds it. XXH3, as CRC-32C is four times slower in the library's build for Java, see decision 9. */
    private BlockBasedTableConfig table() {
        return new BlockBasedTableConfig().setBlockCache(cache)
                .setChecksumType(ChecksumType.kXXH3)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true);
    }

    /** For the writers of segments: the file that they make is as the family of segments expects it. */
    public Options segmentFile(Handles owner) {
        return owner.own(new Options()).setTableFormatConfig(table())
                .setCompressionType(CompressionType.NO_COMPRESSION);
    }

    public EnvOptions segmentWrites(Handles owner) {
        return owner.own(new EnvOptions()).setAllowFallocate(false).setBytesPerSync(MIB);
    }

    @Override
    public void close() {
        handles.close();
    }
}
