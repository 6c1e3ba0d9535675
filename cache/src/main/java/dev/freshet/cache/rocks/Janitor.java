package dev.freshet.cache.rocks;

import dev.freshet.cache.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does from time to time what nobody waits for. Not safe for use by several threads. */
final class Janitor {

    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    private static final int ROUNDS_BETWEEN_SAVES = 600;

    private final Parts parts;
    private final SavedOrder order;
    private int rounds;

    Janitor(Parts parts, SavedOrder order) {
        this.parts = parts;
        this.order = order;
    }

    /** One round: frees, measures, trims, looks after what was broken, and now and then saves the order of what stays. */
    void tidy() {
        parts.disposal().freeWaiting();
        sweep();
        parts.use().measure();
        parts.retained().resize();
        parts.health().revive();
        try {
            parts.evictor().trimSmall();
            parts.evictor().keepWithin();
        } catch (StoreException e) {
            LOG.debug("making of room: {}", e.getMessage());
        }
        rounds++;
        if (rounds % ROUNDS_BETWEEN_SAVES == 0) {
            saveOrder();
        }
    }

    private void sweep() {
        try {
            if (parts.segments().lingering() > 0) {
                parts.segments().sweep();
            }
        } catch (StoreException e) {
            parts.disposal().couldNot(e);
        }
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
