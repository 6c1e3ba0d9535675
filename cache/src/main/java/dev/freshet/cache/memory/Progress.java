package dev.freshet.cache.memory;

import dev.freshet.cache.store.StoreException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A watch on whether chunks reach the disk at all, for a thread that waits for memory: waiting long behind other threads is no
 * failure, as long as chunks do. For one thread.
 */
public final class Progress {

    /** How long to wait between two looks, or before {@link ChunkMemory.Relief} is asked for again. */
    public static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final LongSupplier arrivals;
    private final long bytes;
    private final Duration patience;
    private long seen;
    private long looks;

    /**
     * @param arrivals how often something has reached the disk so far
     * @param bytes all memory there is, for the message
     * @param patience how long nothing may
     */
    Progress(LongSupplier arrivals, long bytes, Duration patience) {
        this.arrivals = arrivals;
        this.bytes = bytes;
        this.patience = patience;
        this.seen = arrivals.getAsLong();
    }

    /** Looks, and fails when no chunk has reached the disk for as long as the patience. */
    public void require(Supplier<String> attempt) throws StoreException {
        long now = arrivals.getAsLong();
        looks = now == seen ? looks + 1 : 0;
        seen = now;
        if (looks > patience.dividedBy(BETWEEN_LOOKS)) {
            throw new StoreException(attempt.get() + " failed: for " + patience.toSeconds() + " s " + bytes
                    + " bytes of memory have waited for the disk, which is too slow");
        }
    }
}
