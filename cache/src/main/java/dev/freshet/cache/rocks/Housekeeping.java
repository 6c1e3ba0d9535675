package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does from time to time what nobody waits for. Not safe for use by several threads. */
final class Housekeeping {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final int ROUNDS_BETWEEN_SAVES = 600;
    private static final int ROUNDS_BETWEEN_SWEEPS = 24 * 3600;

    private final Parts parts;
    private final SavedEvictionOrder order;
    private final List<CorruptionScan> suspicions;
    private final IndexSweep sweep;
    private int rounds;
    private int sweepAt = ROUNDS_BETWEEN_SAVES;

    Housekeeping(Parts parts, SavedEvictionOrder order, IndexSweep sweep) {
        this.parts = parts;
        this.order = order;
        this.suspicions = List.of(new CorruptionScan(parts.index()), new CorruptionScan(parts.bulk()));
        this.sweep = sweep;
    }

    /**
     * One round: looks after what was broken, frees, measures, trims, now and then saves the order of what stays, and
     * sweeps the index once a day, a little in each round.
     */
    void tidy() {
        reviveAndReconcile();
        parts.health().lookForFiles();
        if (parts.health().isWritable()) {
            parts.disposal().freeWaiting();
            makeRoomAndLook();
        }
        parts.use().measure();
        parts.retained().resize();
        rounds++;
        if (rounds - sweepAt >= 0 && parts.health().isWritable()) {
            sweepIndex();
        }
        if (rounds % ROUNDS_BETWEEN_SAVES == 0) {
            saveOrder();
        }
    }

    private void reviveAndReconcile() {
        boolean damaged = parts.index().isDamaged();
        parts.health().revive(this::keepReserve);
        if (damaged && !parts.index().isDamaged()) {
            try {
                new Reconciliation(parts).run();
            } catch (StoreException e) {
                LOG.warn("{}; more may be on disk than is known", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void makeRoomAndLook() {
        try {
            if (parts.segments().lingering() > 0) {
                parts.segments().sweep();
            }
            parts.evictor().trimSmall();
            parts.evictor().keepWithin();
            keepReserve();
            for (CorruptionScan suspicion : suspicions) {
                suspicion.look();
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
        parts.evictor().keepFree(parts.health().reserve());
    }

    /** Saves the order of what stays, if there is one yet; without it, a restart knows what is stored but not what is hot. */
    void saveOrder() {
        try {
            if (parts.health().isWritable() && parts.inventory().isDone()) {
                order.save();
            }
        } catch (StoreException e) {
            LOG.warn("the order of what stays is not saved: {}", e.getMessage());
        }
    }
}
