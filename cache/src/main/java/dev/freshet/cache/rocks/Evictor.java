package dev.freshet.cache.rocks;

import dev.freshet.cache.evict.DiskQuota;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.CommitRecord;
import dev.freshet.cache.rocks.catalog.CommitRecords;
import dev.freshet.cache.rocks.catalog.ImageParts;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.segment.DeletedBlob;
import dev.freshet.cache.rocks.segment.DiskUsage;
import dev.freshet.cache.rocks.segment.GarbageCollector;
import dev.freshet.cache.rocks.segment.PartialBlobs;
import dev.freshet.cache.rocks.segment.ReferenceCounts;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreFullException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keeper of the disk quota: it makes room before a write uses it. Eviction order: remnants of incomplete images first,
 * then partial blobs, then the coldest blobs. Blobs with open readers or writers are never evicted. May be used by any
 * thread; it waits for the disk.
 */
final class Evictor {

    private final DiskQuota quota;
    private final CommitRecords records;
    private final ReferenceCounts references;
    private final EvictionPolicies policies;
    private final PartialBlobs partials;
    private final ImageParts images;
    private final IncompleteImages incomplete;
    private final GarbageCollector collector;
    private final Consumer<Event> listener;
    private final StartupScan scan;
    private final DiskUsage usage;
    private final ReentrantLock evicting = new ReentrantLock();

    Evictor(CommitRecords records, EvictionPolicies policies, PartialBlobs partials, ImageParts images,
            GarbageCollector collector, StartupScan scan, DiskUsage usage, Consumer<Event> listener) {
        this.records = records;
        this.policies = policies;
        this.partials = partials;
        this.images = images;
        this.incomplete = new IncompleteImages(images, records);
        this.collector = collector;
        this.references = collector.references();
        this.scan = scan;
        this.usage = usage;
        this.quota = usage.quota();
        this.listener = listener;
    }

    /**
     * Charges bytes to the quota, and evicts for them what must go.
     *
     * @throws StoreFullException if even an eviction of everything would not make that room
     */
    void charge(Supplier<String> attempt, long bytes) throws StoreException {
        if (quota.tryCharge(bytes)) {
            return;
        }
        usage.measure();
        if (bytes > quota.room()) {
            throw new StoreFullException(attempt.get() + " failed: " + bytes + " bytes are more than the "
                    + quota.room() + " that a limit of " + quota.limit() + " leaves; raise `cache.max-size`");
        }
        collector.freeWaiting();
        evicting.lock();
        try {
            while (!quota.tryCharge(bytes)) {
                long missing = quota.missing(bytes);
                if (missing > 0 && !evict(Family.SEGMENTS, missing, EvictionReason.SPACE)) {
                    throw new StoreFullException(attempt.get() + " failed: of " + quota.limit() + " bytes, "
                            + quota.used() + " are taken by what is being read or written; raise `cache.max-size`");
                }
            }
        } finally {
            evicting.unlock();
        }
    }

    /** Gives charged bytes back. */
    void release(long bytes) {
        quota.release(bytes);
    }

    /** Measures the disk, and fits the order of eviction to the room that is left. */
    void measure() {
        usage.measure();
        policies.resize();
    }

    /** Makes room for what the databases have written meanwhile, if they need it. */
    void keepWithin() throws StoreException {
        if (quota.missing(0) > 0) {
            usage.measure();
            collector.freeWaiting();
        }
        boolean more = true;
        while (more && quota.missing(0) > 0) {
            more = evict(Family.SEGMENTS, quota.missing(0), EvictionReason.SPACE);
        }
    }

    /** Frees about so many bytes if it can, though the quota would not ask for it. */
    boolean relieve(long bytes) throws StoreException {
        return evict(Family.SEGMENTS, bytes, EvictionReason.DISK_FULL);
    }

    /** Leaves so many bytes of the disk free, for what is written to logs, which cannot wait for an eviction. */
    void keepFree(long bytes) throws StoreException {
        long missing = bytes - usage.free();
        if (missing > 0) {
            relieve(missing);
        }
    }

    /** Brings small content back under its share. */
    void trimSmall() throws StoreException {
        long most = policies.smallLimit();
        long bytes = policies.of(Family.SMALL).bytes();
        if (bytes > most) {
            evict(Family.SMALL, bytes - most / 16 * 15, EvictionReason.SPACE);
        }
    }

    private record Victim(Digest digest, long number, EvictionReason reason) {}

    /** Evicts until about so many bytes are free; false when nothing was left to evict. One thread at a time does. */
    private boolean evict(Family family, long bytes, EvictionReason reason) throws StoreException {
        evicting.lock();
        try {
            scan.await();
            List<DeletedBlob> free = new ArrayList<>();
            long found = 0;
            boolean remnants = family == Family.SEGMENTS;
            while (remnants && found < bytes) {
                DeletedBlob remnant = nextRemnant();
                remnants = remnant != null;
                if (remnant != null) {
                    found += remnant.diskBytes();
                    free.add(remnant);
                }
            }
            List<Victim> victims = found < bytes ? coldest(family, bytes - found, reason) : List.of();
            for (Victim victim : victims) {
                DeletedBlob evicted = evict(victim);
                if (evicted != null) {
                    free.add(evicted);
                }
            }
            if (collector.free(free) == 0 && family == Family.SEGMENTS && !free.isEmpty()) {
                throw new StoreException("eviction of " + free.size() + " contents failed; it is tried again");
            }
            return !free.isEmpty() || !victims.isEmpty();
        } finally {
            evicting.unlock();
        }
    }

    /** The next part of an incomplete image, or the oldest partial blob. */
    private @Nullable DeletedBlob nextRemnant() throws StoreException {
        for (IncompleteImages.Part part = incomplete.next(); part != null; part = incomplete.next()) {
            if (!references.isHeld(part.number())) {
                DeletedBlob evicted = evict(new Victim(part.digest(), part.number(), EvictionReason.INCOMPLETE_IMAGE));
                if (evicted != null) {
                    return evicted;
                }
            }
        }
        PartialBlobs.Entry left = partials.claimOldest();
        return left == null ? null : left.deleted();
    }

    private List<Victim> coldest(Family family, long bytes, EvictionReason reason) throws StoreException {
        List<Victim> victims = new ArrayList<>();
        List<Long> gone = new ArrayList<>();
        long[] sum = {0};
        List<StoreException> failures = new ArrayList<>();
        policies.of(family).coldest(number -> {
            try {
                Digest digest = records.owner(number);
                CommitRecord record = digest == null ? null : records.find(digest);
                if (digest == null || record == null || record.number() != number) {
                    gone.add(number);
                } else if (!references.isHeld(number)) {
                    victims.add(new Victim(digest, number, reason));
                    sum[0] += record.diskBytes();
                }
            } catch (StoreException e) {
                failures.add(e);
            }
            return sum[0] < bytes && failures.isEmpty();
        });
        gone.forEach(policies.of(family)::forget);
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
        return victims;
    }

    /** Removes the record of a blob; returns its chunks if they can be freed now, null if they are still read. */
    private @Nullable DeletedBlob evict(Victim victim) throws StoreException {
        CommitRecord record = records.remove(victim.digest(), victim.number());
        if (record == null) {
            return null;
        }
        policies.forget(record);
        if (record.family() == Family.SMALL) {
            images.remove(victim.digest());
        }
        incomplete.evicted(victim.digest());
        listener.accept(new StoreEvent.Evicted(victim.digest(), record.diskBytes(), victim.reason()));
        DeletedBlob unused = new DeletedBlob(record.family(), record.number(), record.diskBytes());
        return references.markDeleted(unused) ? unused : null;
    }
}
