package dev.freshet.cache.rocks;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.evict.DiskQuota;
import dev.freshet.cache.memory.ChunkMemory;
import dev.freshet.cache.rocks.catalog.CommitRecords;
import dev.freshet.cache.rocks.catalog.ImageParts;
import dev.freshet.cache.rocks.catalog.IndexSweep;
import dev.freshet.cache.rocks.catalog.RocksCatalog;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Format;
import dev.freshet.cache.rocks.segment.ChunkReader;
import dev.freshet.cache.rocks.segment.DiskUsage;
import dev.freshet.cache.rocks.segment.FillNumbers;
import dev.freshet.cache.rocks.segment.GarbageCollector;
import dev.freshet.cache.rocks.segment.PartialBlobs;
import dev.freshet.cache.rocks.segment.ReferenceCounts;
import dev.freshet.cache.rocks.segment.Segments;
import dev.freshet.cache.storage.Storage;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A storage in a directory, on RocksDB, and the one owner of every native handle. Closing it, or the blob store from it,
 * waits for calls under way and closes the handles in reverse; every later call fails with {@link StoreException}.
 */
public final class RocksStorage implements Storage {

    private static final Duration PATIENCE_FOR_MEMORY = Duration.ofSeconds(10);

    /** How long a close waits for what writers have asked to be kept. */
    private static final Duration PATIENCE_FOR_PARTIAL_BLOBS = Duration.ofSeconds(5);

    final Database index;
    final Database bulk;
    final Segments segments;
    final ChunkMemory memory;
    final DiskQuota quota;
    final CommitRecords records;
    final ImageParts images;
    final FillNumbers numbers;
    final ReferenceCounts references;
    final StartupScan scan;
    final SegmentWriter segmentWriter;
    final Housekeeping housekeeping;
    final StorageThreads threads = new StorageThreads();
    private final Databases databases;
    private final PartialBlobs partials = new PartialBlobs();
    private final RocksBlobStore blobs;
    private final RocksCatalog catalog;

    /**
     * The sizes of chunks and segments.
     *
     * @param chunkSize bytes of a chunk: the unit of reads and checksums
     * @param segmentSize bytes of a segment, whole chunks: the unit of durability
     */
    record Geometry(int chunkSize, long segmentSize) {

        /** As `docs/decisions/0009` has measured. */
        static final Geometry STANDARD = new Geometry(64 << 10, 32 << 20);
    }

    /** Puts the parts together, then brings the bytes on disk and the index into line; see the package for the order. */
    private RocksStorage(Databases databases, DiskQuota quota, Geometry geometry, Consumer<Event> listener)
            throws IOException {
        this.databases = databases;
        this.quota = quota;
        this.index = databases.index();
        this.bulk = databases.bulk();
        this.segments = databases.segments();
        this.memory = new ChunkMemory(databases.tuning().chunkMemory(), geometry.chunkSize(), PATIENCE_FOR_MEMORY);
        this.records = new CommitRecords(index);
        this.images = new ImageParts(index);
        this.catalog = new RocksCatalog(index, images);
        this.numbers = new FillNumbers(index, bulk);

        DiskUsage usage = new DiskUsage(databases.layout(), quota, segments);
        EvictionPolicies policies = new EvictionPolicies(quota);
        SavedEvictionOrder order = new SavedEvictionOrder(index, policies);
        GarbageCollector collector = new GarbageCollector(index, bulk, segments, usage, threads.housekeeping());
        this.references = collector.references();
        this.scan = new StartupScan(databases, records, policies, order, numbers, partials, collector, listener);
        StoreHealth health = new StoreHealth(databases, usage, reserve(quota, geometry), listener);
        Evictor evictor = new Evictor(records, policies, partials, images, collector, scan, usage, listener);
        this.segmentWriter = new SegmentWriter(databases, threads, numbers, memory, partials, collector, evictor,
                health, geometry.segmentSize());
        this.blobs = new RocksBlobStore(records, policies, collector, new ChunkReader(bulk, memory), segmentWriter,
                scan, health, this::close);
        this.housekeeping = new Housekeeping(databases, health, evictor, collector, scan, order,
                new IndexSweep(index, records, images, catalog::latest));

        Set<Long> uncommitted = scan.takeOverUncommitted();
        usage.measure();
        usage.chargeSegments();
        policies.resize();
        threads.start(() -> scan.run(uncommitted));
        scan.awaitBegun();
        health.reportTrouble();
    }

    /** Bytes that are left free on the disk: two segments, unless the store is a small one. */
    private static long reserve(DiskQuota quota, Geometry geometry) {
        return Math.min(2 * geometry.segmentSize(), quota.limit() / 16);
    }

    /**
     * Opens the store of a directory and makes it when there is none. Blobs without a commit record are kept for a writer of
     * the same digest, or freed while the store is in use already.
     *
     * @throws StoreException if another process uses the directory, a newer version wrote it, or it cannot be used
     */
    public static RocksStorage open(StorageOptions options, Consumer<Event> listener) throws StoreException {
        RocksStorage storage = open(options, listener, Geometry.STANDARD);
        storage.threads.repeat(storage.housekeeping::tidy);
        return storage;
    }

    /**
     * Opens the store of a directory read-only: nothing is changed, and damage stays as it is.
     *
     * @throws StoreException if there is none, another process uses it, a newer version wrote it, or it is damaged so that
     *     it has to be repaired first
     */
    public static RocksStorage openForReading(StorageOptions options, Consumer<Event> listener) throws StoreException {
        return open(options, Format.Access.READING, false, listener, Geometry.STANDARD);
    }

    /**
     * As {@link #open(StorageOptions, Consumer)}, and repairs it: both databases are read through first, so that
     * damage is left out that no content shows and a compaction would meet. The passing of time evicts nothing.
     */
    public static RocksStorage openForRepair(StorageOptions options, Consumer<Event> listener) throws StoreException {
        return openForRepair(options, listener, Geometry.STANDARD);
    }

    static RocksStorage openForRepair(StorageOptions options, Consumer<Event> listener, Geometry geometry)
            throws StoreException {
        return open(options, Format.Access.FULL, true, listener, geometry);
    }

    /** Opens a store without background housekeeping. */
    static RocksStorage open(StorageOptions options, Consumer<Event> listener, Geometry geometry)
            throws StoreException {
        return open(options, Format.Access.FULL, false, listener, geometry);
    }

    private static RocksStorage open(StorageOptions options, Format.Access access, boolean repair,
            Consumer<Event> listener, Geometry geometry) throws StoreException {
        DiskQuota quota = new DiskQuota(options.maxBytes());
        Databases databases = new Databases(options, access, quota::wrote);
        boolean opened = false;
        try {
            if (repair) {
                databases.repair();
            }
            RocksStorage storage = openOverDamage(databases, quota, geometry, listener);
            opened = true;
            return storage;
        } catch (IOException e) {
            throw new StoreException("open of store " + options.directory() + " failed: " + e.getMessage(), e);
        } finally {
            if (!opened) {
                databases.close();
            }
        }
    }

    /** Damage of the index that the open meets is left out of the index, and then the open begins again. */
    private static RocksStorage openOverDamage(Databases databases, DiskQuota quota, Geometry geometry,
            Consumer<Event> listener) throws IOException {
        try {
            return new RocksStorage(databases, quota, geometry, listener);
        } catch (StoreException e) {
            if (!databases.index().isDamaged()) {
                throw e;
            }
            databases.index().reopen();
            return new RocksStorage(databases, quota, geometry, listener);
        }
    }

    @Override
    public BlobStore blobs() {
        return blobs;
    }

    @Override
    public Catalog catalog() {
        return catalog;
    }

    /** How many blobs are open now. */
    public int openBlobs() {
        return blobs.openBlobs().get();
    }

    /** How many writers are open now. */
    public int openWriters() {
        return blobs.openWriters();
    }

    @Override
    public void close() {
        partials.awaitExpected(PATIENCE_FOR_PARTIAL_BLOBS);
        if (threads.stop()) {
            housekeeping.saveOrder();
            databases.close();
            threads.awaitEnd();
        }
    }
}
