package dev.freshet.cache.rocks;

import dev.freshet.cache.rocks.catalog.CommitRecords;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.segment.DeletedBlob;
import dev.freshet.cache.rocks.segment.FillNumbers;
import dev.freshet.cache.rocks.segment.GarbageCollector;
import dev.freshet.cache.rocks.segment.PartialBlobs;
import dev.freshet.cache.store.StoreException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A comparison of the bytes on disk with an index that has lost records while it was open: bytes without a record are
 * freed, and the usage is counted again. Other calls go on meanwhile; only commits and removals wait.
 */
final class Reconciliation {

    private final Databases databases;
    private final CommitRecords records;
    private final FillNumbers numbers;
    private final PartialBlobs partials;
    private final GarbageCollector collector;
    private final StartupScan scan;

    Reconciliation(Databases databases, CommitRecords records, FillNumbers numbers, PartialBlobs partials,
            GarbageCollector collector, StartupScan scan) {
        this.databases = databases;
        this.records = records;
        this.numbers = numbers;
        this.partials = partials;
        this.collector = collector;
        this.scan = scan;
    }

    /** Waits for the end of the startup scan, then compares and frees. */
    void run() throws StoreException, InterruptedException {
        scan.awaitSwept();
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
            inUse.addAll(databases.index().numbers(attempt, Family.LOOSE, 0));
            large.putAll(databases.segments().diskBytes());
            small.addAll(databases.bulk().numbers(attempt, Family.SMALL, 0));
        });
        large.keySet().removeIf(number -> number >= later || inUse.contains(number));
        small.removeIf(number -> number >= later || inUse.contains(number));
        scan.reportOrphans(large, small);
        large.forEach((number, bytes) -> collector.add(new DeletedBlob(Family.SEGMENTS, number, bytes)));
        small.forEach(number -> collector.add(new DeletedBlob(Family.SMALL, number, 0)));
        collector.freeWaiting();
    }
}
