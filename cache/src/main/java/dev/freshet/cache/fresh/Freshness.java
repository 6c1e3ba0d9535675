package dev.freshet.cache.fresh;

import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;

/** How far what a tag was confirmed to mean at some time may be relied on now. */
public enum Freshness {

    /** Within its TTL, or never to move: it is served without asking. */
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
     * @param immutable the tags that never move, however old what is known of them
     */
    public record Policy(Duration ttl, Duration staleIfError, Predicate<Tag> immutable) {

        /** One by which every tag may move. */
        public Policy(Duration ttl, Duration staleIfError) {
            this(ttl, staleIfError, tag -> false);
        }
    }

    /** Judges what is known of a tag. */
    public static Freshness of(Instant now, Tag tag, TagEntry entry, Policy policy) {
        Duration age = age(now, entry);
        if (policy.ttl().compareTo(age) > 0 || policy.immutable().test(tag)) {
            return FRESH;
        }
        return policy.ttl().plus(policy.staleIfError()).compareTo(age) > 0 ? STALE : EXPIRED;
    }

    /**
     * How long ago the registry last said so, zero or more. A confirmation from the future, after the clock was set back,
     * counts as made just now.
     */
    public static Duration age(Instant now, TagEntry entry) {
        return entry.confirmedAt().isAfter(now) ? Duration.ZERO : Duration.between(entry.confirmedAt(), now);
    }
}
