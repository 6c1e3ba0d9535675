package dev.freshet.config;

import dev.freshet.config.unit.InvalidValueException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@link UpstreamName}. */
class UpstreamNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"docker.io", "localhost:5000", "lab", "my_registry", "127.0.0.1:5000", "xn--a.b"})
    void isALowerCaseHostName(String text) {
        assertThat(new UpstreamName(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Docker.io", "a/b", "https://a", "a:", "a:123456", ".a", "a b"})
    void saysHowToWriteWhatIsNone(String text) {
        assertThatThrownBy(() -> new UpstreamName(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + text + "\" is not the name of a registry:"
                        + " use a lower-case host name, with :port where it needs one");
    }
}
