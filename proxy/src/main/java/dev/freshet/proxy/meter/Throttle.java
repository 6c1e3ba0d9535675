package dev.freshet.proxy.meter;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A gate that opens once per interval, the first time at once. Thread-safe. */
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

    /** Whether the gate is open; if so, it closes for all callers until the interval has passed. */
    boolean tryPass() {
        long last = lastNanos.get();
        long now = ticker.getAsLong();
        return now - last >= intervalNanos && lastNanos.compareAndSet(last, now);
    }
}
