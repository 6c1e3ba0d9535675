package dev.freshet.cache.fresh;

import dev.freshet.cache.fresh.Freshness.Policy;
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
        assertThat(Freshness.of(NOW, NOW.minus(age), new Policy(ttl, staleIfError))).isEqualTo(expected);
    }

    @Test
    void aTtlOfZeroAsksEveryTimeAlsoAfterTheClockWasSetBack() {
        Policy always = new Policy(Duration.ZERO, Duration.ofDays(1));

        assertThat(Freshness.of(NOW, NOW.plusSeconds(60), always)).isEqualTo(Freshness.STALE);
    }

    @Test
    void theLongestBoundsDoNotOverflow() {
        Policy longest = new Policy(Duration.ofDays(3650), Duration.ofDays(3650));

        assertThat(Freshness.of(NOW, Instant.EPOCH, longest)).isEqualTo(Freshness.EXPIRED);
    }
}
