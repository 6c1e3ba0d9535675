package dev.freshet.config.unit;

import dev.freshet.config.unit.RegularExpression.TagPattern;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** Which tags an expression matches, and that no tag makes it take long. */
class TagPatternTest {

    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource(quoteCharacter = '"', textBlock = """
            v[0-9]+\\.[0-9]+, v1.20,         true
            v[0-9]+\\.[0-9]+, v1.20-rc1,     false
            v[0-9]+\\.[0-9]+, xv1.20,        false
            ^v1$,             v1,            true
            a|latest,         latest,        true
            a|latest,         latest2,       false
            .*,               anything,      true
            "",               anything,      false
            LATEST,           latest,        false
            (?i)LATEST,       latest,        true
            """)
    void matchesTheWholeOfATag(String text, String tag, boolean expected) {
        assertThat(TagPattern.parse(text).matches(tag)).isEqualTo(expected);
    }

    @Test
    void isGivenUpWhenItTakesTooLong() {
        TagPattern pattern = TagPattern.parse("(.*.*.*.*.*.*.*)*x|a+");

        boolean matches = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> pattern.matches("a".repeat(128)));

        assertThat(matches).isFalse();
    }

    @Test
    void whatIsNoExpressionIsRefusedWithAnExample() {
        assertThatThrownBy(() -> TagPattern.parse("v[0-9")).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"v[0-9\" is not a valid regular expression: Unclosed character class; write one such as"
                        + " v[0-9]+\\.[0-9]+\\.[0-9]+");
    }

    @Test
    void isEqualToOneOfTheSameText() {
        assertThat(TagPattern.parse("a+")).isEqualTo(TagPattern.parse("a+")).hasToString("a+")
                .hasSameHashCodeAs(TagPattern.parse("a+")).isNotEqualTo(TagPattern.parse("a"));
    }
}
