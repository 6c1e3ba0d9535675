package dev.freshet.config.unit;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@link Durations}. */
class DurationsTest {

    @ParameterizedTest
    @CsvSource({"0s, PT0S", "500ms, PT0.5S", "10s, PT10S", "5m, PT5M", "12h, PT12H", "30d, PT720H"})
    void areAWholeNumberAndAUnit(String text, Duration duration) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0s", "PT0.5S, 500ms", "PT10S, 10s", "PT60S, 1m", "PT90S, 90s", "PT24H, 1d", "PT36H, 36h"})
    void printTheLargestUnitThatDividesThem(Duration duration, String text) {
        assertThat(Durations.format(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 m", "1.5h", "-1s", "5M", "5min", "PT5M"})
    void sayHowToWriteWhatIsNone(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + text + "\" is not a duration: use a whole number and ms, s, m, h or d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999999999999d", "9223372036854775808ms"})
    void refuseMoreThanALongCanCount(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + text + "\" is too long: use less than 100000000000d");
    }
}
