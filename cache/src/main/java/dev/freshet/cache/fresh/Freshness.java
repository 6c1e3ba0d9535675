package dev.freshet.cache.fresh;

import java.time.Duration;
import java.time.Instant;

/** How far what was confirmed at some time may be relied on now. */
public enum Freshness {

    /** Within its TTL: it is served without asking. */
    FRESH,
    /** Past its TTL: the registry is asked, and when it does not answer, it is served all the same. */
    STALE,
    /** Past the bound of staleness: the registry is asked, and when it does not answer, there is nothing to serve. */
    EXPIRED;

    /**
     * What may be relied on, and for how long.
     *
     * @param ttl from the confirmation on; zero asks every time
     * @param staleIfError from the end of the TTL on
     */
    public record Policy(Duration ttl, Duration staleIfError) {}

    /**
     * Judges a confirmation. One from the future, after the clock was set back, counts as made just now.
     *
     * @param confirmedAt when the registry last said so
     */
    public static Freshness of(Instant now, Instant confirmedAt, Policy policy) {
        Duration age = confirmedAt.isAfter(now) ? Duration.ZERO : Duration.between(confirmedAt, now);
        if (policy.ttl().compareTo(age) > 0) {
            return FRESH;
        }
        return policy.ttl().plus(policy.staleIfError()).compareTo(age) > 0 ? STALE : EXPIRED;
    }
}
