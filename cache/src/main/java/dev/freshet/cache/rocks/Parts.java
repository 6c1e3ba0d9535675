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
record Parts(Database index, Database bulk, Numbers numbers, CommitRecords records, Holds holds, Chunks chunks,
        ChunkMemory memory, Segments segments, DiskQuota quota, Retained retained, Partials partials,
        Evictor evictor, DiskUse use, Disposal disposal, Inventory inventory, Health health, Executor sealers,
        Executor housekeeping, long segmentSize) {}
