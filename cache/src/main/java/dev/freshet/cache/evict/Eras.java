package dev.freshet.cache.evict;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ages what was counted: an era ends, and every count made in it is halved, when ten uses for each fill were
 * counted; the next one is half as long, as it begins with what is left. Caffeine's own sketch ages in this way, and like
 * it this counts no uses of what has been used more often than is counted.
 */
final class Eras {

    private static final int USES_PER_FILL = 10;
    private static final long LEAST_FILLS = 256;

    private final AtomicInteger era = new AtomicInteger();
    private final AtomicLong uses = new AtomicLong();

    int current() {
        return era.get();
    }

    /** Counts a use of one of so many fills, which may end the era. */
    void use(Fill fill, long fills) {
        if (!fill.use(era.get())) {
            return;
        }
        long length = USES_PER_FILL * Math.max(fills, LEAST_FILLS);
        long counted = uses.incrementAndGet();
        if (counted >= length && uses.compareAndSet(counted, length / 2)) {
            era.incrementAndGet();
        }
    }
}
