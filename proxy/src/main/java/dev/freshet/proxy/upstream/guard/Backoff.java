package dev.freshet.proxy.upstream.guard;

import java.time.Duration;

/**
 * How long an upstream that fails is left alone: twice as long after each probe that fails, up to a bound, and each time
 * with jitter, from half of it on.
 *
 * @param first the longest wait before the first probe
 * @param longest the longest wait before any
 */
record Backoff(Duration first, Duration longest) {

    private static final int MOST_DOUBLINGS = 20;

    /**
     * The wait before a probe, in nanoseconds.
     *
     * @param failed how many probes have failed before
     * @param random from 0 (inclusive) to 1 (exclusive)
     */
    long nanos(int failed, double random) {
        long whole = Math.min(longest.toNanos(), first.toNanos() << Math.min(failed, MOST_DOUBLINGS));
        return whole / 2 + (long) (whole / 2.0 * random);
    }
}
