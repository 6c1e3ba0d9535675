package dev.freshet.config.unit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@link DataSize}. */
class DataSizeTest {

    @ParameterizedTest
    @CsvSource({"0B, 0", "17B, 17", "64KiB, 65536", "1MiB, 1048576", "50GiB, 53687091200", "2TiB, 2199023255552"})
    void isAWholeNumberAndABinaryUnit(String text, long bytes) {
        assertThat(DataSize.parse(text)).isEqualTo(new DataSize(bytes));
    }

    @ParameterizedTest
    @CsvSource({"0, 0B", "1023, 1023B", "1024, 1KiB", "1536, 1536B", "268435456, 256MiB", "1099511627776, 1TiB"})
    void printsTheLargestUnitThatDividesIt(long bytes, String text) {
        assertThat(new DataSize(bytes)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({"64MB, 64MiB", "64M, 64MiB", "64mib, 64MiB", "64 MiB, 64MiB", "5g, 5GiB", "12b, 12B"})
    void suggestsTheBinaryUnitForAnotherOne(String text, String meant) {
        assertThatThrownBy(() -> DataSize.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + text + "\" is not a size: did you mean " + meant + "?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "64", "MiB", "1.5GiB", "-1MiB", "64PiB", "a lot"})
    void saysHowToWriteWhatIsNoSize(String text) {
        assertThatThrownBy(() -> DataSize.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + text + "\" is not a size: use a whole number and B, KiB, MiB, GiB or TiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8388608TiB", "9223372036854775808B", "9999999999999999999KiB"})
    void refusesMoreThanALongCanCount(String text) {
        assertThatThrownBy(() -> DataSize.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + text + "\" is too large: use less than 8388608TiB");
    }

    @ParameterizedTest
    @CsvSource({"0, 0B", "1023, 1023B", "1024, 1KiB", "1536, 1.5KiB", "53687091200, 50GiB", "53687091201, 50.0GiB",
            "20000000000, 18.6GiB", "9223372036854775807, 8388608.0TiB"})
    void isShortForPeople(long bytes, String text) {
        assertThat(new DataSize(bytes).rounded()).isEqualTo(text);
    }

    @Test
    void isOrderedByItsBytes() {
        assertThat(DataSize.parse("1MiB")).isGreaterThan(DataSize.parse("1023KiB"));
    }
}
