package dev.freshet.cache.rocks;

import dev.freshet.cache.evict.DiskQuota;
import dev.freshet.cache.memory.ChunkMemory;
import java.util.concurrent.Executor;

/**
 * What a store consists of.
 *
 * @param sealers the threads that make segments
 * @param housekeeping the thread for what can wait
 * @param segmentSize bytes at which a writer makes a segment
 */
record Parts(Database index, Database bulk, FillNumbers numbers, CommitRecords records, ReferenceCounts holds, ChunkReader chunks,
        ChunkMemory memory, Segments segments, DiskQuota quota, EvictionPolicies retained, PartialBlobs partials,
        Evictor evictor, DiskUsage use, GarbageCollector disposal, StartupScan inventory, StoreHealth health, Executor sealers,
        Executor housekeeping, long segmentSize) {}
