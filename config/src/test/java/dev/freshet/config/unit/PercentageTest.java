package dev.freshet.config.unit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@link Percentage}. */
class PercentageTest {

    @ParameterizedTest
    @CsvSource({"0%, 0", "5%, 0.05", "10%, 0.1", "100%, 1"})
    void isAWholeNumberAndItsSign(String text, double share) {
        Percentage percentage = Percentage.parse(text);

        assertThat(percentage.share()).isEqualTo(share);
        assertThat(percentage).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "10", "0.1", "-1%", "1.5%", "10 %", "1000%", "ten%"})
    void saysHowToWriteWhatIsNone(String text) {
        assertThatThrownBy(() -> Percentage.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + text + "\" is not a percentage: use a whole number and %, such as 10%");
    }

    @ParameterizedTest
    @ValueSource(strings = {"101%", "999%"})
    void isNeverMoreThanAll(String text) {
        assertThatThrownBy(() -> Percentage.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + text + "\" is out of range: use 0% to 100%");
    }
}
