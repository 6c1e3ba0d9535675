package dev.freshet.cache.rocks;

import dev.freshet.cache.evict.DiskQuota;
import dev.freshet.cache.evict.EvictionPolicy;
import dev.freshet.cache.evict.SegmentedLru;
import dev.freshet.cache.rocks.catalog.CommitRecord;
import dev.freshet.cache.rocks.db.Family;

/**
 * The eviction orders of a store, one for large and one for small blobs: deleting a large one frees its bytes at once,
 * deleting a small one only when its database compacts, so neither can make room for the other. Small blobs may
 * take an eighth of the limit. May be used by any thread.
 */
final class EvictionPolicies {

    private static final int SMALL_SHARE = 8;

    private final EvictionPolicy large;
    private final EvictionPolicy small;
    private final DiskQuota quota;
    private volatile long sized;

    EvictionPolicies(DiskQuota quota) {
        this.quota = quota;
        this.sized = Math.max(1, quota.room());
        this.large = new SegmentedLru(sized);
        this.small = new SegmentedLru(smallLimit());
    }

    /** Bytes that small content may take. */
    long smallLimit() {
        return quota.limit() / SMALL_SHARE;
    }

    /** Fits the order of large content to what room there is for it now, unless that has hardly changed. */
    void resize() {
        long room = Math.max(1, quota.room());
        if (Math.abs(room - sized) > sized / 64) {
            sized = room;
            large.resize(room);
        }
    }

    EvictionPolicy of(Family family) {
        return family == Family.SMALL ? small : large;
    }

    void add(CommitRecord record) {
        of(record.family()).add(record.number(), record.diskBytes());
    }

    void touch(CommitRecord record) {
        of(record.family()).touch(record.number());
    }

    void forget(CommitRecord record) {
        of(record.family()).forget(record.number());
    }
}
