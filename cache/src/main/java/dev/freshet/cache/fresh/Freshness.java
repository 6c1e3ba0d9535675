package dev.freshet.cache.fresh;

import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;

/** The degrees to which a confirmed meaning of a tag may still be relied on. */
public enum Freshness {

    /** Within its TTL, or never to move: it is served without asking. */
    FRESH,
    /** Past its TTL, but the registry may be asked little more: it is served without asking, as what it is. */
    SPARING,
    /** A permission a little past its TTL: it is relied on, and the registry is asked beside. */
    AGEING,
    /** Past its TTL: the registry is asked, and when it does not answer, the stored answer is served. */
    STALE,
    /** Past the bound of staleness: the registry is asked, and when it does not answer, there is nothing to serve. */
    EXPIRED;

    private static final int PARTS_OF_TTL = 7;

    /**
     * The periods of freshness.
     *
     * @param ttl from the confirmation on; zero asks every time
     * @param staleIfError from the end of the TTL on
     * @param immutable the tags that never move, however old what is known of them
     * @param reserve the part of the registry's limit, from 0 to 1, that is not spent freely; zero spends all
     */
    public record Policy(Duration ttl, Duration staleIfError, Predicate<Tag> immutable, double reserve) {

        /** One by which every tag may move, and all of the limit be spent. */
        public Policy(Duration ttl, Duration staleIfError) {
            this(ttl, staleIfError, tag -> false, 0);
        }
    }

    /** Judges what is known of a tag. */
    public static Freshness of(Instant now, Tag tag, TagEntry entry, Policy policy, Budget budget) {
        Freshness plain = policy.immutable().test(tag) ? FRESH : of(now, entry.confirmedAt(), policy);
        return plain == STALE && !entry.confirmedAt().isAfter(now)
                && policy.ttl().plus(stretch(policy, budget)).compareTo(age(now, entry)) > 0 ? SPARING : plain;
    }

    /** Judges what is known of a list, which counts for no limit and may always change. */
    public static Freshness of(Instant now, TagEntry entry, Policy policy) {
        return of(now, entry.confirmedAt(), policy);
    }

    /**
     * Judges the permission to serve a repository's content under its digest. It is {@link #AGEING} for a seventh of its
     * TTL.
     */
    public static Freshness ofPermission(Instant now, Instant confirmedAt, Policy policy) {
        Freshness plain = of(now, confirmedAt, policy);
        Duration grace = policy.ttl().dividedBy(PARTS_OF_TTL);
        return plain != FRESH && !confirmedAt.isAfter(now)
                && policy.ttl().plus(grace).compareTo(Duration.between(confirmedAt, now)) > 0 ? AGEING : plain;
    }

    /**
     * A confirmation from the future, from before the clock was set back, is none: the registry is asked. While it does not
     * answer, what was confirmed is still served, as its age begins when its time has come.
     */
    private static Freshness of(Instant now, Instant confirmedAt, Policy policy) {
        Duration age = Duration.between(confirmedAt, now);
        if (!age.isNegative() && policy.ttl().compareTo(age) > 0) {
            return FRESH;
        }
        Duration bound = age.isNegative() ? policy.staleIfError() : policy.ttl().plus(policy.staleIfError());
        return bound.compareTo(age.isNegative() ? Duration.ZERO : age) > 0 ? STALE : EXPIRED;
    }

    /**
     * How much longer than its TTL a tag is not asked for: from nothing, with all of the reserve left, to the whole window
     * of
     * the limit, with nothing left, and never past the bound of staleness.
     */
    private static Duration stretch(Policy policy, Budget budget) {
        if (budget.left() >= policy.reserve()) {
            return Duration.ZERO;
        }
        double spent = 1 - budget.left() / policy.reserve();
        Duration stretch = Duration.ofMillis((long) (spent * (double) budget.window().toMillis()));
        return stretch.compareTo(policy.staleIfError()) < 0 ? stretch : policy.staleIfError();
    }

    /** How long ago the registry last said so; zero where that is in the future, as the clock was set back since. */
    public static Duration age(Instant now, TagEntry entry) {
        return entry.confirmedAt().isAfter(now) ? Duration.ZERO : Duration.between(entry.confirmedAt(), now);
    }
}
