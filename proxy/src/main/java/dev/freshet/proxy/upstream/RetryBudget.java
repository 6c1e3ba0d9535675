package dev.freshet.proxy.upstream;

import java.time.Duration;
import java.util.Optional;

/**
 * How often, and for how long, one download may be tried again. Before its first byte it gets a few attempts, as the
 * client can still go elsewhere. After that it goes on until no real progress was made for the stall timeout: a client
 * that has half a layer cannot go elsewhere.
 *
 * <p>Progress is real when {@value #REAL_PROGRESS} bytes have come; less than that within the stall timeout counts as
 * nothing, so that a trickle ends too. An attempt after real progress is made at once, as a signed URL that ran out is
 * no fault; the others wait, twice as long each time and with jitter.
 */
final class RetryBudget {

    static final int REAL_PROGRESS = 64 * 1024;

    private static final int ATTEMPTS_BEFORE_FIRST_BYTE = 4;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final Pace pace;
    private final long stallNanos;

    private long lastProgressNanos;
    private long bytesSinceProgress;
    private boolean anyByte;
    private int barrenAttempts;

    RetryBudget(Pace pace, Duration stallTimeout) {
        this.pace = pace;
        this.stallNanos = stallTimeout.toNanos();
        this.lastProgressNanos = pace.nanoTime();
    }

    /** Notes bytes that were not there before. */
    void received(int bytes) {
        anyByte = true;
        bytesSinceProgress += bytes;
        if (bytesSinceProgress >= REAL_PROGRESS) {
            bytesSinceProgress = 0;
            barrenAttempts = 0;
            lastProgressNanos = pace.nanoTime();
        }
    }

    /** Whether there was no real progress for longer than the stall timeout. */
    boolean isStalled() {
        return pace.nanoTime() - lastProgressNanos > stallNanos;
    }

    /** Notes a failed attempt; says how long to wait before the next, or, when empty, that there is none. */
    Optional<Duration> failed() {
        barrenAttempts++;
        if (isStalled() || (!anyByte && barrenAttempts >= ATTEMPTS_BEFORE_FIRST_BYTE)) {
            return Optional.empty();
        }
        if (anyByte && barrenAttempts == 1) {
            return Optional.of(Duration.ZERO);
        }
        long ceiling = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(barrenAttempts - 1, 16));
        long half = ceiling / 2;
        return Optional.of(Duration.ofMillis(half + (long) (half * pace.random())));
    }
}
