package dev.freshet.proxy.meter;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** A warning that may come thousands of times a second: one in so long is written, and says how many it stands for. */
final class ThrottledWarning {

    private final Logger log;
    private final Throttle lines;
    private final AtomicLong untold = new AtomicLong();

    /** @param ticker nanoseconds since some fixed moment */
    ThrottledWarning(Logger log, Duration interval, LongSupplier ticker) {
        this.log = log;
        this.lines = new Throttle(interval, ticker);
    }

    /** Writes the message, if it is time. */
    void tell(String message) {
        if (lines.isTime()) {
            long before = untold.getAndSet(0);
            log.warn("{}{}", message, before == 0 ? "" : "; and " + before + " more like it before");
        } else {
            untold.incrementAndGet();
        }
    }

    /** Writes how many there were that no line has told of. */
    void tellRest(String what) {
        long rest = untold.getAndSet(0);
        if (rest > 0) {
            log.warn("{} more {}", rest, what);
        }
    }
}
