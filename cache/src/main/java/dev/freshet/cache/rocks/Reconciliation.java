package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Brings the store back in line with an index that has lost some of its records while it was open: what no record names
 * any more is freed, and the sum is taken anew. Runs beside everything else, commits and removals excepted, which wait.
 */
final class Reconciliation {

    private final Parts parts;

    Reconciliation(Parts parts) {
        this.parts = parts;
    }

    /** Does it, after the inventory has ended. */
    void run() throws StoreException, InterruptedException {
        parts.inventory().awaitSwept();
        parts.disposal().freeWaiting();
        Supplier<String> attempt = () -> "search for contents without a record";
        long later = parts.numbers().next();
        Set<Long> inUse = new HashSet<>();
        Map<Long, Long> large = new HashMap<>();
        Set<Long> small = new HashSet<>();
        parts.records().recount((digest, record) -> {
            large.remove(record.number());
            small.remove(record.number());
            return true;
        }, () -> {
            inUse.addAll(parts.holds().numbers());
            inUse.addAll(parts.partials().numbers());
            inUse.addAll(parts.index().numbers(attempt, Family.LOOSE, 0));
            large.putAll(parts.segments().diskBytes());
            small.addAll(parts.bulk().numbers(attempt, Family.SMALL, 0));
        });
        large.keySet().removeIf(number -> number >= later || inUse.contains(number));
        small.removeIf(number -> number >= later || inUse.contains(number));
        parts.inventory().tellOf(large, small);
        large.forEach((number, bytes) -> parts.disposal().add(new DeletedBlob(Family.SEGMENTS, number, bytes)));
        small.forEach(number -> parts.disposal().add(new DeletedBlob(Family.SMALL, number, 0)));
        parts.disposal().freeWaiting();
    }
}
