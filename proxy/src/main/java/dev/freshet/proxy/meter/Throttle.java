package dev.freshet.proxy.meter;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Says yes once in so long, at first at once; safe for use by several threads. */
final class Throttle {

    private final long intervalNanos;
    private final LongSupplier ticker;
    private final AtomicLong lastNanos;

    /** @param ticker nanoseconds since some fixed moment */
    Throttle(Duration interval, LongSupplier ticker) {
        this.intervalNanos = interval.toNanos();
        this.ticker = ticker;
        this.lastNanos = new AtomicLong(ticker.getAsLong() - intervalNanos);
    }

    /** Whether it is time; if so, it is not again for the interval, for whoever asks. */
    boolean isTime() {
        long last = lastNanos.get();
        long now = ticker.getAsLong();
        return now - last >= intervalNanos && lastNanos.compareAndSet(last, now);
    }
}
