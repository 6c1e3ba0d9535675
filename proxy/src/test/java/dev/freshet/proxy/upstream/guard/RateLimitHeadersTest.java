package dev.freshet.proxy.upstream.guard;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code ratelimit-limit} and {@code ratelimit-remaining} say together. */
class RateLimitHeadersTest {

    @ParameterizedTest(name = "{0} and {1}: {3} of {2} in {4} s")
    @CsvSource(delimiter = '|', textBlock = """
            100;w=21600      | 76;w=21600    | 100 | 76  | 21600
            100;w=21600      | 0;w=21600     | 100 | 0   | 21600
            200; w=21600     | 200 ;w = 21600| 200 | 200 | 21600
            100;w=21600      | 76            | 100 | 76  | 21600
            100              | 76;w=60       | 100 | 76  | 60
            600              | 599           | 600 | 599 | 60
            100;w=0          | 76            | 100 | 76  | 60
            100;p="x";w=10   | 76            | 100 | 76  | 10
            10, 10;w=1, 50;w=60 | 9          | 10  | 9   | 60
            100;w=21600      | 101;w=21600   | 100 | 100 | 21600
            999999999;w=9999999 | 999999999  | 999999999 | 999999999 | 9999999
            """)
    void isReadFromBoth(String limit, String remaining, long most, long left, long window) {
        assertThat(RateLimit.of(limit, remaining)).hasValue(new RateLimit(most, left, Duration.ofSeconds(window)));
    }

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource(delimiter = '|', textBlock = """
                        | 76;w=21600
            100;w=21600 |
            -1          | 0
            100         | -1
            0           | 0
            many        | few
            1e2         | 76
            100.5       | 76
            1000000000  | 76
            100         | 1000000000
            99999999999999999999 | 76
            100;w=-1    | 76
            100;w=x     | 76
            100;w=10000000 | 76
            100 w=60    | 76
            ''          | ''
            """)
    void isNoneOfWhatMakesNoSense(String limit, String remaining) {
        assertThat(RateLimit.of(limit, remaining)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {";", ";x=", ";w=1,", ",", " ", ";\t"})
    void costsNothingHoweverManyParametersThereAre(String part) {
        String parameters = part.repeat(100_000);

        Optional<RateLimit> reading = RateLimit.of("100;w=10" + parameters, "76" + parameters);

        assertThat(reading).hasValueSatisfying(read -> assertThat(read.remaining()).isEqualTo(76));
    }

    @Test
    void hasAShareThatIsLeft() {
        assertThat(new RateLimit(200, 50, Duration.ofHours(6)).share()).isEqualTo(0.25);
    }
}
