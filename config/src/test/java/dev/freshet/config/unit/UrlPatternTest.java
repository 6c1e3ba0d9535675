package dev.freshet.config.unit;

import dev.freshet.config.unit.RegularExpression.UrlPattern;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** What an expression matches of a URL, and that no URL makes it take long. */
class UrlPatternTest {

    private static final String URL = "https://mcr.microsoft.com/v2/windows/blobs/sha256:00";

    @ParameterizedTest
    @ValueSource(strings = {"^https://mcr\\.microsoft\\.com/", "https://mcr\\.microsoft\\.com", "^https?://([^/]+\\.)*"
            + "microsoft\\.com/", "https://mcr\\.microsoft\\.com/v2/.*", ".*",
            "^https://mcr|^https://mcr\\.microsoft\\.com",
            "https://mcr\\.microsoft\\.com/v2/windows/blobs/sha256:[0-9]{2}$", "(?i)HTTPS://MCR.microsoft.com"})
    void matchesFromTheFirstCharacterToTheLastOrToASlash(String text) {
        assertThat(UrlPattern.parse(text).matchesBeginningOf(URL)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mcr\\.microsoft\\.com", "microsoft", "^https://mcr", "https://mcr\\.microsoft\\.co",
            "^http:",
            "https://mcr\\.microsoft\\.com/v", ""})
    void doesNotMatchFromTheMiddleNorIntoTheMiddleOfAName(String text) {
        assertThat(UrlPattern.parse(text).matchesBeginningOf(URL)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://mcr.microsoft.com.example.net/x", "https://example.net/https://mcr.microsoft.com/",
            "https://mcr.microsoft.comx/", "https://mcr.microsoft.com@example.net/"})
    void isNoWayToLongerHosts(String url) {
        assertThat(UrlPattern.parse("^https://mcr\\.microsoft\\.com").matchesBeginningOf(url)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"windows,true", "^https:,true", "Windows,false", "^windows,false"})
    void isFoundAnywhere(String text, boolean found) {
        assertThat(UrlPattern.parse(text).isFoundIn(URL)).isEqualTo(found);
    }

    @ParameterizedTest
    @CsvSource({"^https://mcr\\.microsoft\\.com/,true", "http://x,true", ".*,true", "^https?://,true", "[a-z]+:.*,true",
            "mcr\\.microsoft\\.com,false", "ftp://x,false", "^/,false"})
    void knowsWhetherItMayMatchTheWeb(String text, boolean may) {
        assertThat(UrlPattern.parse(text).mayMatchWeb()).isEqualTo(may);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(.*.*.*.*.*)*x$", "^https://(a+)+$"})
    void givesUpAMatchThatTakesTooLong(String text) {
        UrlPattern pattern = UrlPattern.parse(text);
        String url = "https://" + "a".repeat(2000) + "!/";

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            assertThat(pattern.matchesBeginningOf(url + "?")).isFalse();
            assertThat(pattern.isFoundIn(url + "?")).isTrue();
        });
    }

    /** How deep a match may go depends on what has been compiled so far, and so does whether it is given up. */
    @ParameterizedTest
    @ValueSource(strings = {"https://(a|a)*$", "(?:[a-z:/]|.)*!"})
    void survivesAMatchThatMayGoTooDeep(String text) {
        UrlPattern pattern = UrlPattern.parse(text);
        String url = "https://" + "a".repeat(100_000) + "!/?";

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            pattern.matchesBeginningOf(url);
            assertThat(pattern.isFoundIn(url)).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "*", "a)b", "\\Qa", "(?x)a #"})
    void whatIsNoExpressionIsRefused(String text) {
        assertThatThrownBy(() -> UrlPattern.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("is not a valid regular expression: ")
                .hasMessageEndingWith("write one such as ^https://mcr\\.microsoft\\.com/");
    }

    @Test
    void isEqualToOneOfTheSameText() {
        assertThat(UrlPattern.parse("a+")).isEqualTo(UrlPattern.parse("a+")).hasToString("a+")
                .hasSameHashCodeAs(UrlPattern.parse("a+")).isNotEqualTo(UrlPattern.parse("a"));
    }
}
