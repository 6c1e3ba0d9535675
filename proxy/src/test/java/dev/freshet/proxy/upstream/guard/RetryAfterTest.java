package dev.freshet.proxy.upstream.guard;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code Retry-After} says. */
class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({"0,0", "7,7", "-3,0", "' 7 ',7", "86400,86400", "86401,86400", "99999999999,86400",
            "-999999999999,0"})
    @DisplayName("U-21: seconds are taken, and never more than a day of them")
    void seconds(String value, long seconds) {
        assertThat(RetryAfter.of(value, null, NOW)).hasValue(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Thu, 01 Jan 2026 00:01:30 GMT    | 90
            Thursday, 01-Jan-26 00:01:30 GMT | 90
            Thu Jan  1 00:01:30 2026         | 90
            Wed Jan 14 00:00:00 2026         | 86400
            Thu, 01 Jan 2015 00:00:00 GMT    | 0
            Sunday, 06-Nov-94 08:49:37 GMT   | 0
            Saturday, 01-Jan-50 00:00:00 GMT | 86400
            Fri, 01 Jan 9999 00:00:00 GMT    | 86400
            """)
    @DisplayName("U-21: dates are taken in each form that they have, and never more than a day away")
    void dates(String value, long seconds) {
        assertThat(RetryAfter.of(value, null, NOW)).hasValue(Duration.ofSeconds(seconds));
    }

    @Test
    void aDateIsComparedWithTheClockOfItsServer() {
        assertThat(RetryAfter.of("Thu, 01 Jan 2026 03:01:30 GMT", "Thu, 01 Jan 2026 03:00:00 GMT", NOW))
                .hasValue(Duration.ofSeconds(90));
        assertThat(RetryAfter.of("Thu, 01 Jan 2026 00:01:30 GMT", "now", NOW)).hasValue(Duration.ofSeconds(90));
        assertThat(RetryAfter.of("90", "Thu, 01 Jan 2026 03:00:00 GMT", NOW)).hasValue(Duration.ofSeconds(90));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "1.5", "99999999999999999999", "Fri, 01 Jan 2026 00:01:30 GMT",
            "Thu, 32 Jan 2026 00:01:30 GMT", "2026-01-01T00:01:30Z", "90 s"})
    void whatSaysNothingIsNone(String value) {
        assertThat(RetryAfter.of(value, null, NOW)).isEmpty();
    }

    @Test
    void withoutTheFieldThereIsNone() {
        assertThat(RetryAfter.of(null, null, NOW)).isEmpty();
    }
}
