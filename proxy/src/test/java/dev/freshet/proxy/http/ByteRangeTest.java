package dev.freshet.proxy.http;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code Range} asks for, fault case P-20, as RFC 9110, section 14 says. */
class ByteRangeTest {

    @ParameterizedTest(name = "{0} of {1} bytes: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            bytes=0-0                         | 10 | 0-0
            bytes=0-                          | 10 | 0-9
            bytes=9-                          | 10 | 9-9
            bytes=9-9                         | 10 | 9-9
            bytes=2-5                         | 10 | 2-5
            bytes=2-10                        | 10 | 2-9
            bytes=2-99999999999999999999      | 10 | 2-9
            bytes=-1                          | 10 | 9-9
            bytes=-10                         | 10 | 0-9
            bytes=-11                         | 10 | 0-9
            bytes=-99999999999999999999       | 10 | 0-9
            bytes= 2-5                        | 10 | 2-5
            BYTES=2-5                         | 10 | 2-5
            bytes=00000000000000000000002-5   | 10 | 2-5
            bytes=10-                         | 10 | none
            bytes=10-20                       | 10 | none
            bytes=99999999999999999999-       | 10 | none
            bytes=-0                          | 10 | none
            bytes=0-                          | 0  | none
            bytes=0-0                         | 0  | none
            bytes=-1                          | 0  | none
            bytes=5-1                         | 10 | whole
            bytes=                            | 10 | whole
            bytes=-                           | 10 | whole
            bytes                             | 10 | whole
            bytes=a-b                         | 10 | whole
            bytes=1-2-3                       | 10 | whole
            bytes=--1                         | 10 | whole
            bytes=+1-2                        | 10 | whole
            bytes=0x1-2                       | 10 | whole
            items=0-1                         | 10 | whole
            bytes=0-1,3-4                     | 10 | whole
            bytes=0-0,-1                      | 10 | whole
            bytes 0-1                         | 10 | whole
            bytes=0-9223372036854775807       | 10 | 0-9
            bytes=5-                          | 5000000000 | 5-4999999999
            """)
    void isReadAsTheSpecificationSays(String header, long length, String expected) {
        String actual = switch (ByteRange.of(header, length)) {
            case ByteRange.Whole whole -> "whole";
            case ByteRange.Part(long first, long last) -> first + "-" + last;
            case ByteRange.Unsatisfiable none -> "none";
        };

        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void withoutAHeaderEverythingIsAskedFor() {
        assertThat(ByteRange.of(null, 10)).isEqualTo(new ByteRange.Whole());
        assertThat(ByteRange.of("", 10)).isEqualTo(new ByteRange.Whole());
    }

    @Test
    void aThousandRangesAskForEverythingOnce() {
        assertThat(ByteRange.of("bytes=" + "0-,".repeat(999) + "0-", 10)).isEqualTo(new ByteRange.Whole());
    }

    @Test
    void digitsOfOtherScriptsAreNoDigits() {
        assertThat(ByteRange.of("bytes=\u0661-\u0662", 10)).isEqualTo(new ByteRange.Whole());
    }
}
