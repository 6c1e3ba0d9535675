package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the store back in line with an index that has lost some of its records while it was open: what no record names
 * any more is freed, and the sum is taken anew. Runs beside everything else, commits and removals excepted, which wait.
 */
final class Reconciliation {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

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
        large.forEach((number, bytes) -> free(Family.SEGMENTS, number, bytes, inUse, later));
        small.forEach(number -> free(Family.SMALL, number, 0, inUse, later));
        parts.disposal().freeWaiting();
    }

    private void free(Family family, long number, long bytes, Set<Long> inUse, long later) {
        if (number < later && !inUse.contains(number)) {
            LOG.debug("freeing what is under number {}, whose record is lost", number);
            parts.disposal().add(new Unused(family, number, bytes));
        }
    }
}
