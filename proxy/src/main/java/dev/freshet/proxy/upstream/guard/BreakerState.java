package dev.freshet.proxy.upstream.guard;

import java.time.Duration;
import java.util.Optional;

/**
 * The state of a circuit breaker, and what it becomes: pure, with elapsed nanoseconds and chance as parameters. An answer
 * closes it from any state, as {@link #CLOSED}.
 */
sealed interface BreakerState {

    /** Nothing is wrong. */
    BreakerState.Closed CLOSED = new Closed(0, Optional.empty(), 0);

    /**
     * Requests are made.
     *
     * @param failures that count, since the last answer
     * @param last of them
     * @param lastNanos when that was
     */
    record Closed(int failures, Optional<Failure> last, long lastNanos) implements BreakerState {

        /** A request that alone may be the one that fails counts this often only. */
        private static final long SAME_PATH_NANOS = Duration.ofSeconds(1).toNanos();

        /** After a request that has failed. */
        BreakerState failed(Failure failure, Duration stated, long now, BreakerPolicy policy, double random) {
            boolean isRepeated = last.filter(failure::isOfSamePath).isPresent() && now - lastNanos < SAME_PATH_NANOS;
            if (isRepeated) {
                return this;
            }
            return failures + 1 < policy.mostFailures()
                    ? new Closed(failures + 1, Optional.of(failure), now)
                    : new Open(0, failure, now, now + policy.waitNanos(stated, 0, random));
        }
    }

    /**
     * No request is made before it is time for a probe.
     *
     * @param probes that have failed
     * @param last failure
     * @param sinceNanos when the wait began
     * @param dueNanos when it ends
     */
    record Open(int probes, Failure last, long sinceNanos, long dueNanos) implements BreakerState {

        /** The longest time for which another request is preferred as a probe to the one that has failed last. */
        private static final long LONGEST_PREFERENCE = Duration.ofSeconds(5).toNanos();

        /** How long a request has to wait until it may be the probe; zero when it may. */
        Duration wait(String path, long now) {
            boolean isOfLast = last.path().filter(path::equals).isPresent();
            long due = dueNanos + (isOfLast ? Math.min(LONGEST_PREFERENCE, dueNanos - sinceNanos) : 0);
            return Duration.ofNanos(Math.max(0, due - now));
        }

        /** After a request of before it was refused too, and the server has asked for a longer wait. */
        Open prolonged(Failure failure, Duration stated, long now, BreakerPolicy policy, double random) {
            return stated.toNanos() > dueNanos - now
                    ? new Open(probes, failure, now, now + policy.waitNanos(stated, probes, random))
                    : this;
        }

        /** With a probe on its way. */
        HalfOpen probed() {
            return new HalfOpen(probes, last, dueNanos - sinceNanos);
        }
    }

    /**
     * A probe is on its way; no other request is made until it is back.
     *
     * @param probes that have failed before
     * @param last failure
     * @param waitedNanos how long the probe has waited for its turn
     */
    record HalfOpen(int probes, Failure last, long waitedNanos) implements BreakerState {

        /** After the probe has failed. */
        Open failed(Failure failure, Duration stated, long now, BreakerPolicy policy, double random) {
            return new Open(probes + 1, failure, now, now + policy.waitNanos(stated, probes + 1, random));
        }

        /** After the probe has ended without telling anything; it counts as one, and the next waits as long, or, after a refusal, not at all. */
        Open withdrawn(long now, BreakerPolicy policy) {
            return new Open(probes, last, now, policy.isOfRefusals() ? now : now + waitedNanos);
        }
    }

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
}
