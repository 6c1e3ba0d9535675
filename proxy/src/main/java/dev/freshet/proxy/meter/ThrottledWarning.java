package dev.freshet.proxy.meter;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** A warning that may occur thousands of times a second: one per interval is logged, with the number of skipped ones. */
final class ThrottledWarning {

    private final Logger log;
    private final Throttle lines;
    private final AtomicLong skipped = new AtomicLong();

    /** @param ticker nanoseconds since some fixed moment */
    ThrottledWarning(Logger log, Duration interval, LongSupplier ticker) {
        this.log = log;
        this.lines = new Throttle(interval, ticker);
    }

    /** Logs the message, or counts it as skipped. */
    void warn(String message) {
        if (lines.tryPass()) {
            long before = skipped.getAndSet(0);
            log.warn("{}{}", message, before == 0 ? "" : "; and " + before + " similar ones before");
        } else {
            skipped.incrementAndGet();
        }
    }

    /** Logs the number of skipped warnings. */
    void warnOfRest(String what) {
        long rest = skipped.getAndSet(0);
        if (rest > 0) {
            log.warn("{} more {}", rest, what);
        }
    }
}
