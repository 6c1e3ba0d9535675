package dev.freshet.config.unit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@link RegistryUrl}. */
class RegistryUrlTest {

    @ParameterizedTest
    @CsvSource({"https://ghcr.io, https://ghcr.io", "http://127.0.0.1:5005/, http://127.0.0.1:5005",
            "https://[::1]:443/a/b//, https://[::1]:443/a/b"})
    void isABaseWithoutASlashAtItsEnd(String text, String base) {
        assertThat(RegistryUrl.parse(text)).hasToString(base);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ghcr.io            | is not an http or https URL: use one like https://registry.example.com
            ftp://a            | is not an http or https URL: use one like https://registry.example.com
            https://           | is not a URL: use one like https://registry.example.com
            https:///path      | has no valid host and port: use one like https://registry.example.com
            http://my_host     | has no valid host and port: use one like https://registry.example.com
            http://a:70000     | has no valid host and port: use one like https://registry.example.com
            https://a b        | is not a URL: use one like https://registry.example.com
            """)
    void saysWhatIsWrongWithAnother(String text, String complaint) {
        assertThatThrownBy(() -> RegistryUrl.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + text + "\" " + complaint);
    }

    @ParameterizedTest
    @CsvSource({"https://a/?token=hunter2, https://a/?...", "https://a/#hunter2, https://a/#...",
            "https://a?hunter2, https://a?...", "https://a/x?a=b?hunter2#c, https://a/x?..."})
    void neverShowsAQuery(String text, String shown) {
        assertThatThrownBy(() -> RegistryUrl.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + shown + "\" has a query or a fragment: end the URL before '?' or '#'");
    }

    @Test
    void neverShowsAUrlThatMayHoldAPassword() {
        assertThatThrownBy(() -> RegistryUrl.parse("https://u:hunter2@a?b")).isInstanceOf(InvalidValueException.class)
                .hasMessage("the URL holds a user name: use the keys username and password-file");
    }
}
