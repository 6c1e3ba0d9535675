package dev.freshet.cache.fresh;

import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.fresh.Freshness.Policy;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Tag;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The judgement by age, TTL and bound of staleness. */
class FreshnessTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @ParameterizedTest(name = "confirmed {0} ago, ttl {1}, stale-if-error {2}: {3}")
    @CsvSource(textBlock = """
            PT0S,        PT1M, P30D, FRESH
            PT59.999S,   PT1M, P30D, FRESH
            PT1M,        PT1M, P30D, STALE
            PT1M0.001S,  PT1M, P30D, STALE
            P30D,        PT1M, P30D, STALE
            PT720H59.9S, PT1M, P30D, STALE
            PT720H1M,    PT1M, P30D, EXPIRED
            P365D,       PT1M, P30D, EXPIRED
            PT0S,        PT0S, P30D, STALE
            PT1S,        PT0S, P30D, STALE
            PT0S,        PT0S, PT0S, EXPIRED
            PT1M,        PT1M, PT0S, EXPIRED
            PT59S,       PT1M, PT0S, FRESH
            PT-1S,       PT1M, P30D, FRESH
            PT-1H,       PT1M, PT0S, FRESH
            """)
    void isJudgedByAge(Duration age, Duration ttl, Duration staleIfError, Freshness expected) {
        assertThat(judged(NOW.minus(age), new Policy(ttl, staleIfError))).isEqualTo(expected);
    }

    @Test
    void aTtlOfZeroAsksEveryTimeAlsoAfterTheClockWasSetBack() {
        Policy always = new Policy(Duration.ZERO, Duration.ofDays(1));

        assertThat(judged(NOW.plusSeconds(60), always)).isEqualTo(Freshness.STALE);
    }

    @ParameterizedTest(name = "{0} confirmed {1} ago, ttl {2}: {3}")
    @CsvSource(textBlock = """
            v1.2.3, PT0S,     PT1M, FRESH
            v1.2.3, PT1M,     PT1M, FRESH
            v1.2.3, P3650D,   PT1M, FRESH
            v1.2.3, P3650D,   PT0S, FRESH
            v1.2.3, PT-1H,    PT0S, FRESH
            latest, PT0S,     PT1M, FRESH
            latest, PT1M,     PT1M, STALE
            latest, PT0S,     PT0S, STALE
            latest, P3650D,   PT1M, EXPIRED
            """)
    void anImmutableTagIsFreshHoweverOld(String tag, Duration age, Duration ttl, Freshness expected) {
        Policy policy = new Policy(ttl, Duration.ofDays(30), known -> known.value().startsWith("v"));

        assertThat(Freshness.of(NOW, new Tag(tag), entry(NOW.minus(age)), policy)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "confirmed {0} ago: {1}")
    @CsvSource({"PT0S, PT0S", "PT1.5S, PT1.5S", "P400D, P400D", "PT-0.001S, PT0S", "PT-1H, PT0S"})
    void theAgeIsSinceTheConfirmationAndNeverNegative(Duration ago, Duration expected) {
        assertThat(Freshness.age(NOW, entry(NOW.minus(ago)))).isEqualTo(expected);
    }

    @Test
    void theLongestBoundsDoNotOverflow() {
        Policy longest = new Policy(Duration.ofDays(3650), Duration.ofDays(3650));

        assertThat(judged(Instant.EPOCH, longest)).isEqualTo(Freshness.EXPIRED);
    }

    private static Freshness judged(Instant confirmedAt, Policy policy) {
        return Freshness.of(NOW, new Tag("latest"), entry(confirmedAt), policy);
    }

    private static TagEntry entry(Instant confirmedAt) {
        return new TagEntry(Digest.sha256(new byte[0]), confirmedAt);
    }
}
