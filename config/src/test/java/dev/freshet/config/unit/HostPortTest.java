package dev.freshet.config.unit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@link HostPort}. */
class HostPortTest {

    @ParameterizedTest
    @CsvSource({"0.0.0.0:5000, 0.0.0.0, 5000", "localhost:0, localhost, 0", "[::1]:5001, ::1, 5001",
            "[::ffff:10.0.0.1]:65535, ::ffff:10.0.0.1, 65535", "my_host.lan:1, my_host.lan, 1"})
    void isAHostAndAPortAndPrintsAsItWasRead(String text, String host, int port) {
        HostPort address = HostPort.parse(text);

        assertThat(address).isEqualTo(new HostPort(host, port));
        assertThat(address).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5000", ":5000", "localhost", "localhost:", "localhost:65536", "localhost:-1",
            "::1:5000", "[::1]", "[::g]:1", "[1.2.3.4]:1", "256.0.0.1:1", "1.2.3:1", "http://a:1", "a b:1", "-a:1",
            "a..b:1", "a@b:1"})
    void saysHowToWriteWhatIsNone(String text) {
        assertThatThrownBy(() -> HostPort.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + text + "\" is not an address: use host:port, such as 0.0.0.0:5000 or [::1]:5000,"
                        + " with a port up to 65535");
    }
}
