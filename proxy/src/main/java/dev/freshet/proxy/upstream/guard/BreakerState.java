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
}
