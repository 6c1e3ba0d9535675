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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
            PT-0.001S,   PT1M, P30D, STALE
            PT-1H,       PT1M, P30D, STALE
            P-3650D,     PT1M, P30D, STALE
            PT-1H,       PT1M, PT0S, EXPIRED
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
        Policy policy = new Policy(ttl, Duration.ofDays(30), known -> known.value().startsWith("v"), 0.1);

        assertThat(Freshness.of(NOW, new Tag(tag), entry(NOW.minus(age)), policy, Budget.AMPLE)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "confirmed {0} ago, ttl {1}, stale-if-error {2}, {3} of the limit left in {4}: {5}")
    @CsvSource(textBlock = """
            PT59S,         PT1M, P30D, 0,    PT6H, FRESH
            PT1M,          PT1M, P30D, 1,    PT6H, STALE
            PT1M,          PT1M, P30D, 0.2,  PT6H, STALE
            PT1M,          PT1M, P30D, 0.21, PT6H, STALE
            PT1M,          PT1M, P30D, 0.19, PT6H, SPARING
            PT18M59.999S,  PT1M, P30D, 0.19, PT6H, SPARING
            PT19M0.001S,   PT1M, P30D, 0.19, PT6H, STALE
            PT3H59.999S,   PT1M, P30D, 0.1,  PT6H, SPARING
            PT3H1M,        PT1M, P30D, 0.1,  PT6H, STALE
            PT6H59.999S,   PT1M, P30D, 0,    PT6H, SPARING
            PT6H1M,        PT1M, P30D, 0,    PT6H, STALE
            PT59.999S,     PT0S, P30D, 0,    PT1M, SPARING
            PT1M,          PT0S, P30D, 0,    PT1M, STALE
            PT10M59.999S,  PT1M, PT10M, 0,   PT6H, SPARING
            PT11M,         PT1M, PT10M, 0,   PT6H, EXPIRED
            PT1M,          PT1M, PT0S, 0,    PT6H, EXPIRED
            PT0S,          PT0S, PT0S, 0,    PT6H, EXPIRED
            PT-1H,         PT0S, P30D, 0,    PT6H, STALE
            PT-1H,         PT1M, P30D, 0,    PT6H, STALE
            PT1M,          PT1M, P30D, 0,    PT0S, STALE
            P30D,          PT1M, P30D, 0,    P365D, SPARING
            PT720H1M,      PT1M, P30D, 0,    P365D, EXPIRED
            """)
    void belowTheReserveItIsAskedForTheLessTheLessIsLeft(Duration age, Duration ttl, Duration staleIfError, double left,
            Duration window, Freshness expected) {
        Policy policy = new Policy(ttl, staleIfError, tag -> false, 0.2);

        assertThat(Freshness.of(NOW, new Tag("latest"), entry(NOW.minus(age)), policy, new Budget(left, window)))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "reserve {0}, left {1}: {2}")
    @CsvSource({"0, 0, STALE", "0, 1, STALE", "1, 1, STALE", "1, 0.999, SPARING", "1, 0, SPARING",
            "0.1, 0.1, STALE", "0.1, 0.05, SPARING"})
    void theReserveSaysWhereSparingBegins(double reserve, double left, Freshness expected) {
        Policy policy = new Policy(Duration.ofMinutes(1), Duration.ofDays(30), tag -> false, reserve);

        assertThat(Freshness.of(NOW, new Tag("latest"), entry(NOW.minusSeconds(60)), policy,
                new Budget(left, Duration.ofHours(6)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"-0.1, PT1M", "1.1, PT1M", "NaN, PT1M", "0.5, PT-1S"})
    void aBudgetIsAPartOfSomething(double left, Duration window) {
        assertThatThrownBy(() -> new Budget(left, window)).isInstanceOf(IllegalArgumentException.class);
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

    @ParameterizedTest(name = "confirmed {0} ago, ttl {1}, stale-if-error {2}: {3}")
    @CsvSource(textBlock = """
            PT0S,        P7D,  P30D, FRESH
            PT167H59.9S, P7D,  P30D, FRESH
            P7D,         P7D,  P30D, AGEING
            PT191H59.9S, P7D,  P30D, AGEING
            P7D,         P7D,  PT0S, AGEING
            P8D,         P7D,  P30D, STALE
            P37D,        P7D,  P30D, EXPIRED
            P8D,         P7D,  PT0S, EXPIRED
            PT0S,        PT0S, P30D, STALE
            PT0S,        PT0S, PT0S, EXPIRED
            PT-0.001S,   P7D,  P30D, STALE
            P-365D,      P7D,  P30D, STALE
            PT-1H,       P7D,  PT0S, EXPIRED
            P7300D,      P3650D, P3650D, EXPIRED
            """)
    void aPermissionIsReliedOnForASeventhOfItsTtlLonger(Duration age, Duration ttl, Duration staleIfError,
            Freshness expected) {
        assertThat(Freshness.ofPermission(NOW, NOW.minus(age), new Policy(ttl, staleIfError))).isEqualTo(expected);
    }

    private static Freshness judged(Instant confirmedAt, Policy policy) {
        return Freshness.of(NOW, new Tag("latest"), entry(confirmedAt), policy, Budget.AMPLE);
    }

    private static TagEntry entry(Instant confirmedAt) {
        return new TagEntry(Digest.sha256(new byte[0]), confirmedAt);
    }
}
