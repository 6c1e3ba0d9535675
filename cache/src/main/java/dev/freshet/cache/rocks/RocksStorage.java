package dev.freshet.cache.rocks;

import dev.freshet.cache.catalog.Catalog;
import dev.freshet.cache.evict.DiskQuota;
import dev.freshet.cache.memory.ChunkMemory;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Blobs and facts in a directory, and the one owner of every native handle. Closing it, or the blob store from it, waits
 * for calls under way and closes the handles in reverse; every later call fails with {@link StoreException}.
 */
public final class RocksStorage implements AutoCloseable {

    private static final Duration PATIENCE_FOR_MEMORY = Duration.ofSeconds(10);

    /** How long a close waits for what writers have asked to be kept. */
    private static final Duration PATIENCE_FOR_LEFT_OVERS = Duration.ofSeconds(5);

    private final Databases databases;
    private final StorageThreads threads;
    private final Housekeeping janitor;
    private final Parts parts;
    private final RocksBlobStore blobs;
    private final RocksCatalog catalog;

    private RocksStorage(StoreListener listener, Databases databases, DiskQuota quota,
            Geometry geometry) throws IOException {
        this.databases = databases;
        Database index = databases.index();
        Database bulk = databases.bulk();
        ChunkMemory memory = new ChunkMemory(databases.tuning().chunkMemory(), geometry.chunkSize(),
                PATIENCE_FOR_MEMORY);
        Segments segments = databases.segments();
        this.threads = new StorageThreads();
        CommitRecords records = new CommitRecords(index);
        DiskUsage use = new DiskUsage(databases.layout(), quota, segments);
        GarbageCollector disposal = new GarbageCollector(index, bulk, segments, quota, use);
        ReferenceCounts holds = new ReferenceCounts(disposal::add);
        EvictionPolicies retained = new EvictionPolicies(quota);
        SavedEvictionOrder order = new SavedEvictionOrder(index, retained);
        PartialBlobs partials = new PartialBlobs();
        ImageParts images = new ImageParts(index);
        StartupScan inventory = new StartupScan(records, retained, order, index, segments, bulk, disposal, listener);
        StoreHealth health = new StoreHealth(databases.layout(), databases.presence(), use, reserve(quota, geometry),
                List.of(index, bulk), listener);
        Evictor evictor = new Evictor(quota, records, holds, retained, partials, images, disposal, inventory, use,
                listener);
        FillNumbers numbers = new FillNumbers(index, bulk);
        this.parts = new Parts(index, bulk, numbers, records, holds, new ChunkReader(bulk, memory), memory, segments, quota,
                retained, partials, evictor, use, disposal, inventory, health, threads.sealers(),
                threads.housekeeping(),
                geometry.segmentSize());
        this.blobs = new RocksBlobStore(parts, this::close);
        this.catalog = new RocksCatalog(index, images);
        this.janitor = new Housekeeping(parts, order, new IndexSweep(index, records, images, catalog::latest));
        Set<Long> loose = new LooseEnds(index, records, segments, partials, disposal).gather();
        use.measure();
        use.chargeSegments();
        retained.resize();
        threads.start(() -> inventory.take(numbers.first(), loose));
        inventory.awaitBegun();
        health.look();
    }

    /** Bytes that are left free on the disk: two segments, unless the store is a small one. */
    private static long reserve(DiskQuota quota, Geometry geometry) {
        return Math.min(2 * geometry.segmentSize(), quota.limit() / 16);
    }

    /**
     * Opens the store of a directory and makes it when there is none. What was never committed is kept for a writer of
     * the same digest, or swept away while the store is in use already.
     *
     * @throws StoreException if another process uses the directory, a newer version wrote it, or it cannot be used
     */
    public static RocksStorage open(StorageOptions options, StoreListener listener) throws StoreException {
        RocksStorage storage = open(options, listener, Geometry.STANDARD);
        storage.threads.repeat(storage.janitor::tidy);
        return storage;
    }

    /**
     * Opens the store of a directory to look at it: nothing is changed, and what is damaged stays as it is.
     *
     * @throws StoreException if there is none, another process uses it, a newer version wrote it, or it is damaged so that
     *     it has to be mended first
     */
    public static RocksStorage openForReading(StorageOptions options, StoreListener listener) throws StoreException {
        return open(options, Access.READING, false, listener, Geometry.STANDARD);
    }

    /**
     * As {@link #open(StorageOptions, StoreListener)}, for one who mends it: both databases are read through first, so that
     * damage is left out that no content shows and a merge would come upon. Nothing is evicted by the passing of time.
     */
    public static RocksStorage openForRepair(StorageOptions options, StoreListener listener) throws StoreException {
        return openForRepair(options, listener, Geometry.STANDARD);
    }

    static RocksStorage openForRepair(StorageOptions options, StoreListener listener, Geometry geometry)
            throws StoreException {
        return open(options, Access.FULL, true, listener, geometry);
    }

    /** Opens a store that tidies up only when told to. */
    static RocksStorage open(StorageOptions options, StoreListener listener, Geometry geometry)
            throws StoreException {
        return open(options, Access.FULL, false, listener, geometry);
    }

    private static RocksStorage open(StorageOptions options, Access access, boolean mend, StoreListener listener,
            Geometry geometry) throws StoreException {
        DiskQuota quota = new DiskQuota(options.maxBytes());
        Databases databases = new Databases(options, access, quota::wrote);
        boolean opened = false;
        try {
            if (mend) {
                databases.mend();
            }
            RocksStorage storage = open(listener, databases, quota, geometry);
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

    /** Damage of the index that the opening comes upon is left out of it, and then it begins again. */
    private static RocksStorage open(StoreListener listener, Databases databases, DiskQuota quota, Geometry geometry)
            throws IOException {
        try {
            return new RocksStorage(listener, databases, quota, geometry);
        } catch (StoreException e) {
            if (!databases.index().isDamaged()) {
                throw e;
            }
            databases.index().reopen();
            return new RocksStorage(listener, databases, quota, geometry);
        }
    }

    public BlobStore blobs() {
        return blobs;
    }

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

    Parts parts() {
        return parts;
    }

    Housekeeping janitor() {
        return janitor;
    }

    @Override
    public void close() {
        parts.partials().awaitExpected(PATIENCE_FOR_LEFT_OVERS);
        if (threads.stop()) {
            janitor.saveOrder();
            databases.close();
            threads.awaitEnd();
        }
    }
}
