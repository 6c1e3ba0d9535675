package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.catalog.CommitRecord;
import dev.freshet.cache.rocks.catalog.CommitRecords;
import dev.freshet.cache.rocks.catalog.PartialBlob;
import dev.freshet.cache.rocks.catalog.Uncommitted;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.rocks.segment.DeletedBlob;
import dev.freshet.cache.rocks.segment.FillNumbers;
import dev.freshet.cache.rocks.segment.GarbageCollector;
import dev.freshet.cache.rocks.segment.PartialBlobs;
import dev.freshet.cache.rocks.segment.Segments;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreUsage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The scan of a store that was opened, while it serves already: it counts the records, puts them into the eviction order,
 * drops records whose segments are not complete, and frees bytes without a record. A look-up of a blob does not wait for
 * it; a request for the usage and an eviction do.
 */
final class StartupScan {

    private static final Logger LOG = LoggerFactory.getLogger(StartupScan.class);

    private final CommitRecords records;
    private final EvictionPolicies policies;
    private final SavedEvictionOrder order;
    private final PartialBlobs partials;
    private final Database index;
    private final Segments segments;
    private final Database bulk;
    private final FillNumbers numbers;
    private final GarbageCollector collector;
    private final Consumer<Event> listener;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final CountDownLatch swept = new CountDownLatch(1);

    StartupScan(Databases databases, CommitRecords records, EvictionPolicies policies, SavedEvictionOrder order,
            FillNumbers numbers, PartialBlobs partials, GarbageCollector collector, Consumer<Event> listener) {
        this.index = databases.index();
        this.bulk = databases.bulk();
        this.segments = databases.segments();
        this.records = records;
        this.policies = policies;
        this.order = order;
        this.numbers = numbers;
        this.partials = partials;
        this.collector = collector;
        this.listener = listener;
    }

    /**
     * Takes them over, and returns their numbers. Segments that were made and not noted any more are deleted; where nothing
     * can be, all is left to the next open.
     */
    Set<Long> takeOverUncommitted() throws StoreException {
        Map<Long, Uncommitted> found = uncommitted();
        try {
            for (Map.Entry<Long, Uncommitted> each : found.entrySet()) {
                if (each.getValue() instanceof PartialBlob partial) {
                    segments.delete(() -> "sweep", each.getKey(), partial.missingChunks());
                }
            }
        } catch (StoreException e) {
            LOG.warn("what an earlier process has left is not gone on with: {}", e.getMessage());
            return found.keySet();
        }
        Map<Long, Long> onDisk = found.isEmpty() ? Map.of() : segments.diskBytes();
        found.forEach((number, loose) -> takeOver(number, loose, onDisk.getOrDefault(number, 0L)));
        return found.keySet();
    }

    private Map<Long, Uncommitted> uncommitted() throws StoreException {
        Map<Long, Uncommitted> found = new HashMap<>();
        index.scan(() -> "look-up of loose ends", Family.LOOSE, Keys.FIRST, (key, value) -> {
            Uncommitted loose;
            try {
                loose = Uncommitted.decode(value);
            } catch (IllegalArgumentException e) {
                LOG.warn("what is under number {} is freed: {}", Keys.number(key), e.getMessage());
                loose = new Uncommitted.Deleted(Family.SEGMENTS);
            }
            found.put(Keys.number(key), loose);
            return true;
        });
        return found;
    }

    private void takeOver(long number, Uncommitted loose, long diskBytes) {
        switch (loose) {
            case PartialBlob partial when partial.diskBytes() == diskBytes && !isCommitted(partial.digest()) -> {
                LOG.info("{} bytes of {} are here from before, and the next fill goes on from there",
                        partial.present().bytes(), partial.digest());
                PartialBlobs.Entry older = partials.leave(new PartialBlobs.Entry(number, partial));
                if (older != null) {
                    collector.add(older.deleted());
                }
            }
            case PartialBlob partial -> collector.add(new DeletedBlob(Family.SEGMENTS, number, diskBytes));
            case Uncommitted.Deleted(Family family) -> collector.add(new DeletedBlob(family, number, diskBytes));
        }
    }

    /** Whether it is complete under another number: the process ended before what it did not need any more was freed. */
    private boolean isCommitted(Digest digest) {
        try {
            return records.find(digest) != null;
        } catch (StoreException e) {
            LOG.warn("what is left of {} stays, as it cannot be told whether it is complete: {}", digest,
                    e.getMessage());
            return false;
        }
    }

    /** What is stored. */
    StoreUsage usage() throws StoreException {
        await();
        return records.usage();
    }

    /** Waits until it is known what is stored. */
    void await() throws StoreException {
        await(done, "look-up of what is stored");
    }

    boolean isDone() {
        return done.getCount() == 0;
    }

    /** Waits until no change can be missed any more or be counted twice. */
    void awaitBegun() throws StoreException {
        await(begun, "open");
    }

    private static void await(CountDownLatch latch, String attempt) throws StoreException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(attempt + " failed: it was interrupted", e);
        }
    }

    /**
     * Takes stock; what fails is logged, and then less is known.
     *
     * @param loose the numbers that are no records' for a known reason
     */
    void run(Set<Long> loose) {
        try {
            scanAgainIfDamaged(numbers.first(), loose);
        } catch (StoreException e) {
            LOG.atLevel(bulk.isClosed() ? Level.DEBUG : Level.WARN).log("{}; more may be on disk than is known",
                    e.getMessage());
        } finally {
            order.forgetKnown();
            begun.countDown();
            done.countDown();
            swept.countDown();
        }
    }

    private void scanAgainIfDamaged(long first, Set<Long> loose) throws StoreException {
        try {
            scan(first, loose);
        } catch (StoreException e) {
            if (!index.isDamaged()) {
                throw e;
            }
            index.reopen();
            scan(first, loose);
        }
    }

    private void scan(long first, Set<Long> loose) throws StoreException {
        Map<Long, Long> onDisk = new HashMap<>();
        Map<Digest, DeletedBlob> broken = new HashMap<>();
        long[] sum = {0, 0};
        Set<Long> small = new HashSet<>();
        records.scan((digest, record) -> {
            if (record.number() < first && !loose.contains(record.number())) {
                sum[0]++;
                sum[1] += record.length();
            }
            order.addUnknown(record);
            Long bytes = onDisk.remove(record.number());
            long there = bytes == null ? 0 : bytes;
            if (record.family() == Family.SEGMENTS && there != record.diskBytes()) {
                broken.put(digest, new DeletedBlob(Family.SEGMENTS, record.number(), there));
            }
            if (record.family() == Family.SMALL && bulk.hasLost() && record.length() > 0 && record.number() < first
                    && !small.contains(record.number())) {
                broken.put(digest, new DeletedBlob(Family.SMALL, record.number(), 0));
            }
            return !bulk.isClosed();
        }, () -> {
            begun.countDown();
            onDisk.putAll(segments.diskBytes());
            if (bulk.hasLost()) {
                small.addAll(bulk.numbers(() -> "look for small contents", Family.SMALL, 0));
            }
            order.restore();
        });
        records.count(sum[0], sum[1]);
        broken.forEach(this::drop);
        // what is lost is told before what is left can be known
        if (!index.hasLost()) {
            done.countDown();
        }
        onDisk.keySet().removeIf(number -> number >= first || loose.contains(number));
        Set<Long> smallOrphans = smallOrphans(first, loose);
        reportOrphans(onDisk, smallOrphans);
        done.countDown();
        if (index.trouble() == null && !(onDisk.isEmpty() && smallOrphans.isEmpty())) {
            free(onDisk, smallOrphans);
        }
    }

    /**
     * Compares the bytes on disk with an index that has lost records while it was open, after the end of the scan: bytes
     * without a record are freed, and the usage is counted again. Other calls go on meanwhile; only commits and removals
     * wait.
     */
    void reconcile() throws StoreException, InterruptedException {
        awaitSwept();
        collector.freeWaiting();
        Supplier<String> attempt = () -> "search for contents without a record";
        long later = numbers.next();
        Set<Long> inUse = new HashSet<>();
        Map<Long, Long> large = new HashMap<>();
        Set<Long> small = new HashSet<>();
        records.recount((digest, record) -> {
            large.remove(record.number());
            small.remove(record.number());
            return true;
        }, () -> {
            inUse.addAll(collector.references().numbers());
            inUse.addAll(partials.numbers());
            inUse.addAll(index.numbers(attempt, Family.LOOSE, 0));
            large.putAll(segments.diskBytes());
            small.addAll(bulk.numbers(attempt, Family.SMALL, 0));
        });
        large.keySet().removeIf(number -> number >= later || inUse.contains(number));
        small.removeIf(number -> number >= later || inUse.contains(number));
        reportOrphans(large, small);
        free(large, small);
    }

    /**
     * Tells of contents without a record: they are lost where the index is known to have lost something, and else perhaps.
     */
    private void reportOrphans(Map<Long, Long> large, Set<Long> small) {
        int count = large.size() + small.size();
        long bytes = large.values().stream().mapToLong(Long::longValue).sum();
        String found = count + " contents have no record in the index, " + large.size() + " large ones of " + bytes
                + " bytes on disk and " + small.size() + " small ones: ";
        if (count > 0 && index.hasLost()) {
            listener.accept(new StoreEvent.Lost(count, bytes,
                    found + "their records are lost with what the index has lost; they cannot be served"
                            + " any more, and are fetched again as they are asked for"));
        } else if (count > 0) {
            LOG.warn(
                    "{}their fetch or their removal was cut short when the last process ended, or their records are lost",
                    found);
        }
    }

    /** Waits until all is freed that no record names. */
    void awaitSwept() throws InterruptedException {
        swept.await();
    }

    private void drop(Digest digest, DeletedBlob rest) {
        try {
            CommitRecord record = records.remove(digest, rest.number());
            if (record != null) {
                policies.forget(record);
                collector.add(rest);
                listener.accept(new StoreEvent.Damaged(digest,
                        (rest.family() == Family.SEGMENTS ? "segments of " : "bytes of ") + digest
                                + " are missing or not whole; it was dropped"));
            }
        } catch (StoreException e) {
            LOG.warn("segments of {} are missing, and {}", digest, e.getMessage());
        }
    }

    /** Small content without a record: a crash leaves it among the last numbers only, and the loss of the index all. */
    private Set<Long> smallOrphans(long first, Set<Long> loose) throws StoreException {
        long from = records.usage().objects() == 0 || index.hasLost()
                ? 0
                : Math.max(0, first - 2L * FillNumbers.RESERVED_AT_ONCE);
        Set<Long> orphans = new HashSet<>();
        for (long number : bulk.numbers(() -> "sweep", Family.SMALL, from)) {
            if (number < first && !loose.contains(number) && records.owner(number) == null) {
                orphans.add(number);
            }
        }
        return orphans;
    }

    private void free(Map<Long, Long> large, Set<Long> small) {
        LOG.debug("freeing {} large and {} small contents", large.size(), small.size());
        large.forEach((number, bytes) -> collector.add(new DeletedBlob(Family.SEGMENTS, number, bytes)));
        small.forEach(number -> collector.add(new DeletedBlob(Family.SMALL, number, 0)));
        collector.freeWaiting();
    }
}
