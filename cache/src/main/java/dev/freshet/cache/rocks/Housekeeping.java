package dev.freshet.cache.rocks;

import dev.freshet.cache.rocks.catalog.IndexSweep;
import dev.freshet.cache.rocks.repair.CorruptionScan;
import dev.freshet.cache.rocks.segment.GarbageCollector;
import dev.freshet.cache.store.StoreException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work that a store does every second in the background. Not safe for use by several threads. */
final class Housekeeping {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final int ROUNDS_BETWEEN_SAVES = 600;
    private static final int ROUNDS_BETWEEN_SWEEPS = 24 * 3600;

    private final Databases databases;
    private final StoreHealth health;
    private final Evictor evictor;
    private final GarbageCollector collector;
    private final StartupScan scan;
    private final SavedEvictionOrder order;
    private final IndexSweep sweep;
    private final List<CorruptionScan> corruptionScans;
    private int rounds;
    private int sweepAt = ROUNDS_BETWEEN_SAVES;

    Housekeeping(Databases databases, StoreHealth health, Evictor evictor, GarbageCollector collector, StartupScan scan,
            SavedEvictionOrder order, IndexSweep sweep) {
        this.databases = databases;
        this.health = health;
        this.evictor = evictor;
        this.collector = collector;
        this.scan = scan;
        this.order = order;
        this.sweep = sweep;
        this.corruptionScans = List.of(new CorruptionScan(databases.index()), new CorruptionScan(databases.bulk()));
    }

    /**
     * Runs one round: recovers from write errors, frees, measures and trims; saves the eviction order every ten minutes, and
     * sweeps the index once a day, a little in each round.
     */
    void tidy() {
        recover();
        health.checkFiles();
        if (health.isWritable()) {
            collector.freeWaiting();
            makeRoom();
        }
        evictor.measure();
        rounds++;
        if (rounds - sweepAt >= 0 && health.isWritable()) {
            sweepIndex();
        }
        if (rounds % ROUNDS_BETWEEN_SAVES == 0) {
            saveOrder();
        }
    }

    private void recover() {
        boolean damaged = databases.index().isDamaged();
        health.recover(this::keepReserve);
        if (damaged && !databases.index().isDamaged()) {
            try {
                scan.reconcile();
            } catch (StoreException e) {
                LOG.warn("{}; more may be on disk than is known", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void makeRoom() {
        try {
            if (databases.segments().lingering() > 0) {
                databases.segments().sweep();
            }
            evictor.trimSmall();
            evictor.keepWithin();
            keepReserve();
            for (CorruptionScan each : corruptionScans) {
                each.verifyAfterErrors();
            }
        } catch (StoreException e) {
            LOG.debug("a round of housekeeping ended early: {}", e.getMessage());
        }
    }

    private void sweepIndex() {
        try {
            if (sweep.step()) {
                sweepAt = rounds + ROUNDS_BETWEEN_SWEEPS;
            }
        } catch (StoreException e) {
            LOG.debug("{}; it is tried again", e.getMessage());
        }
    }

    private void keepReserve() throws StoreException {
        evictor.keepFree(health.reserve());
    }

    /**
     * Saves the eviction order, if it is complete; without it, the next open knows which blobs are stored but not their
     * uses.
     */
    void saveOrder() {
        try {
            if (health.isWritable() && scan.isDone()) {
                order.save();
            }
        } catch (StoreException e) {
            LOG.warn("the eviction order is not saved: {}", e.getMessage());
        }
    }
}
