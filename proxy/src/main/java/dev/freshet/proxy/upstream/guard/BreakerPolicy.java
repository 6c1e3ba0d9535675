package dev.freshet.proxy.upstream.guard;

import java.time.Duration;

/** When a {@link CircuitBreaker} opens, for how long, and what closes it. */
enum BreakerPolicy {

    /**
     * A server that fails. Five failures in a row open it: one more than a request makes attempts, or one broken image would
     * do. Any answer closes it, as the server works then; its waits are short, so that a
     * recovered upstream is used again within the shortest usual TTL of tags, a minute. What was begun before a probe and fails tells nothing new.
     */
    FAILURES(5, Duration.ofSeconds(1), Duration.ofSeconds(30), false),
    /**
     * A server that asks to be left alone. Its first word opens it, for as long as it says; of requests that were on their way
     * together, the others can only make it longer. Only a probe closes it: what was begun before may have been answered
     * because it came first. A probe that tells nothing is followed by the next at once.
     */
    REFUSALS(1, Duration.ofSeconds(10), Duration.ofMinutes(10), true);

    private static final int MOST_DOUBLINGS = 20;

    private final int mostFailures;
    private final Duration firstWait;
    private final Duration longestWait;
    private final boolean ofRefusals;

    BreakerPolicy(int mostFailures, Duration firstWait, Duration longestWait, boolean ofRefusals) {
        this.mostFailures = mostFailures;
        this.firstWait = firstWait;
        this.longestWait = longestWait;
        this.ofRefusals = ofRefusals;
    }

    /** So many failures in a row open it. */
    int mostFailures() {
        return mostFailures;
    }

    /** Whether it opens because the server has asked to be left alone. */
    boolean isOfRefusals() {
        return ofRefusals;
    }

    /**
     * The wait before a probe, in nanoseconds: twice as long after each that fails, up to a bound, and with jitter.
     *
     * @param stated how long the server wants to be left alone; zero when it has not said
     * @param failed how many probes have failed before
     */
    long waitNanos(Duration stated, int failed, double random) {
        if (stated.isPositive()) {
            return stated.toNanos();
        }
        long doubled = firstWait.toNanos() << Math.min(failed, MOST_DOUBLINGS);
        return jittered(Math.min(longestWait.toNanos(), doubled), random);
    }

    /** A wait from half of the longest on. */
    static long jittered(long longestNanos, double random) {
        return longestNanos / 2 + (long) (longestNanos / 2.0 * random);
    }
}
