package dev.freshet.cache.fresh;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The time by which ages are measured: that of the system's clock at the start, carried on by elapsed time. It never goes
 * back and never jumps. When the system's clock is set, this one follows by a tenth of the time that passes, so that an age
 * is never wrong by more than a tenth, and what is stored agrees with the system's clock in the end.
 *
 * <p>Safe for use by several threads, none of which waits in here.
 */
public final class SteadyClock implements InstantSource {

    /** How often the system's clock is looked at, at most. */
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int SHARE = 10;

    private final InstantSource system;
    private final LongSupplier ticker;
    private final AtomicReference<Reading> last;

    /** The time at some moment, and how far the system's clock was ahead then. */
    private record Reading(long nanos, Instant at, long aheadNanos) {

        Instant after(long elapsedNanos) {
            long most = elapsedNanos / SHARE;
            return at.plusNanos(elapsedNanos + Math.clamp(aheadNanos, -most, most));
        }
    }

    /**
     * Says what the system's clock says.
     *
     * @param ticker nanoseconds since some fixed moment, which no setting of the system's clock changes
     */
    public SteadyClock(InstantSource system, LongSupplier ticker) {
        this.system = system;
        this.ticker = ticker;
        this.last = new AtomicReference<>(new Reading(ticker.getAsLong(), system.instant(), 0));
    }

    @Override
    public Instant instant() {
        Reading known = last.get();
        long nanos = ticker.getAsLong();
        long elapsed = Math.max(0, nanos - known.nanos());
        Instant now = known.after(elapsed);
        if (elapsed >= INTERVAL_NANOS) {
            last.compareAndSet(known, new Reading(nanos, now,
                    TimeUnit.MILLISECONDS.toNanos(Duration.between(now, system.instant()).toMillis())));
        }
        return now;
    }
}
