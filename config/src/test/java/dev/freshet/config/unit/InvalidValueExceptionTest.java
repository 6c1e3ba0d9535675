package dev.freshet.config.unit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What messages show of values that were not understood. */
class InvalidValueExceptionTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            https://x?token=hunter2                | https://x?...
            https://x/y?hunter2                    | https://x/y?...
            https://x/y#hunter2                    | https://x/y#...
            https://u:hunter2@x/y                  | https://...@x/y
            https://u:hunter2@x/y?token=hunter2    | https://...@x/y?...
            https://u:hunt@er2@x                   | https://...@x
            x.example.com?token=hunter2            | x.example.com?...
            x y://z?hunter2                        | x y://z?...
            v1?                                    | v1?
            ^https?://mcr.microsoft.com/         | ^https?://mcr.microsoft.com/
            1 minute                               | 1 minute
            """)
    void holdNoSecretOfAUrl(String text, String shown) {
        assertThat(InvalidValueException.shown(text)).isEqualTo(shown);
    }
}
