package dev.freshet.proxy.upstream.guard;

import java.time.Duration;
import java.util.Optional;

/**
 * What a circuit is, and what it becomes: pure, with elapsed nanoseconds and chance as parameters. An answer of the registry
 * closes it from any state, as {@link #CLOSED}.
 */
sealed interface CircuitState {

    /** Nothing is wrong. */
    CircuitState.Closed CLOSED = new Closed(0, Optional.empty(), 0);

    /**
     * Requests are made.
     *
     * @param failures that count, since the last answer
     * @param last of them
     * @param lastNanos when that was
     */
    record Closed(int failures, Optional<Trouble> last, long lastNanos) implements CircuitState {

        /** So many failures in a row open it: one more than a request makes attempts, or one broken image would do. */
        static final int MOST_FAILURES = 5;

        /** A request that alone may be the one that fails counts this often only. */
        private static final long SAME_PATH_NANOS = Duration.ofSeconds(1).toNanos();

        /** After a request that has failed. */
        CircuitState failed(Trouble trouble, long now, Backoff backoff, double random) {
            boolean isRepeated = last.filter(trouble::isOfSamePath).isPresent() && now - lastNanos < SAME_PATH_NANOS;
            if (isRepeated) {
                return this;
            }
            return failures + 1 < MOST_FAILURES
                    ? new Closed(failures + 1, Optional.of(trouble), now)
                    : new Open(0, trouble, now, now + backoff.nanos(0, random));
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
    record Open(int probes, Trouble last, long sinceNanos, long dueNanos) implements CircuitState {

        /** The longest time for which another request is preferred as a probe to the one that has failed last. */
        private static final long LONGEST_PREFERENCE = Duration.ofSeconds(5).toNanos();

        /** How long a request has to wait until it may be the probe; zero when it may. */
        Duration wait(String path, long now) {
            boolean isOfLast = last.path().filter(path::equals).isPresent();
            long due = dueNanos + (isOfLast ? Math.min(LONGEST_PREFERENCE, dueNanos - sinceNanos) : 0);
            return Duration.ofNanos(Math.max(0, due - now));
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
    record HalfOpen(int probes, Trouble last, long waitedNanos) implements CircuitState {

        /** After the probe has failed. */
        Open failed(Trouble trouble, long now, Backoff backoff, double random) {
            return new Open(probes + 1, trouble, now, now + backoff.nanos(probes + 1, random));
        }

        /** After the probe has ended without telling anything; it counts as one, and the next waits as long. */
        Open withdrawn(long now) {
            return new Open(probes, last, now, now + waitedNanos);
        }
    }
}
