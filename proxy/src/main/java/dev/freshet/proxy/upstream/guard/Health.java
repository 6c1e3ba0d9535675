package dev.freshet.proxy.upstream.guard;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * How an upstream is, as its circuit sees it.
 *
 * @param state of the circuit
 * @param since when it has been in this state; at first, since the start
 * @param lastFailure in words without secrets, one line; empty when nothing has failed since the start
 * @param lastSuccess when its registry last answered; empty when it has not since the start
 * @param nextProbe the first moment at which it is asked again; present only while the circuit is open
 */
public record Health(State state, Instant since, Optional<String> lastFailure, Optional<Instant> lastSuccess,
        Optional<Instant> nextProbe) {

    /** What a circuit lets through. */
    public enum State {

        /** Every request. */
        CLOSED,
        /** None, until it is time for a probe. */
        OPEN,
        /** None but the probe that is on its way. */
        HALF_OPEN;

        /** The word for it: {@code half-open}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
