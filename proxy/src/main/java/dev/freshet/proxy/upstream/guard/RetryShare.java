package dev.freshet.proxy.upstream.guard;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * How many requests to one upstream may be made again, of all that its callers make together: one for each five that are
 * begun, and one each second, and {@value #MOST} at once when it was quiet before. So a crowd whose requests all fail does
 * not make several times as many of them. Safe for use by several threads.
 */
public final class RetryShare {

    static final int MOST = 20;

    private static final double FOR_EACH_REQUEST = 0.2;
    private static final double FOR_EACH_SECOND = 1;

    private final LongSupplier ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private double left = MOST;
    private long filledNanos;

    /** @param ticker nanoseconds since some fixed moment */
    public RetryShare(LongSupplier ticker) {
        this.ticker = ticker;
        this.filledNanos = ticker.getAsLong();
    }

    /** Notes a request that is no repetition. */
    public void begun() {
        lock.lock();
        try {
            left = Math.min(MOST, left + FOR_EACH_REQUEST);
        } finally {
            lock.unlock();
        }
    }

    /** Whether one request may be made again now; if so, it counts. */
    public boolean take() {
        lock.lock();
        try {
            long now = ticker.getAsLong();
            double passed = (now - filledNanos) / (double) Duration.ofSeconds(1).toNanos();
            left = Math.min(MOST, left + passed * FOR_EACH_SECOND);
            filledNanos = now;
            if (left < 1) {
                return false;
            }
            left--;
            return true;
        } finally {
            lock.unlock();
        }
    }
}
