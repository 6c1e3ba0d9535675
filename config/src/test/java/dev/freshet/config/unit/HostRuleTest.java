package dev.freshet.config.unit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@link HostRule}. */
class HostRuleTest {

    @Test
    void coversEveryPortOfAHostWithoutOne() {
        HostRule rule = HostRule.parse("Auth.Docker.io");

        assertThat(rule).hasToString("auth.docker.io");
        assertThat(rule.covers("AUTH.docker.io", 443)).isTrue();
        assertThat(rule.covers("docker.io", 443)).isFalse();
    }

    @Test
    void coversOnePortOfAHostWithOne() {
        HostRule rule = HostRule.parse("[fd00::7]:9000");

        assertThat(rule).hasToString("[fd00::7]:9000");
        assertThat(rule.covers("fd00::7", 9000)).isTrue();
        assertThat(rule.covers("fd00::7", 9001)).isFalse();
    }

    @Test
    void overlapsARuleForTheSameHostUnlessBothNameAnotherPort() {
        HostRule any = HostRule.parse("a");
        HostRule one = HostRule.parse("a:1");
        HostRule two = HostRule.parse("a:2");

        assertThat(any.overlaps(one)).isTrue();
        assertThat(two.overlaps(any)).isTrue();
        assertThat(one.overlaps(two)).isFalse();
        assertThat(any.overlaps(HostRule.parse("b"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "https://a", "a:0", "a:65536", "a/b", "*.a", "[::1", "u@a"})
    void saysHowToWriteWhatIsNone(String text) {
        assertThatThrownBy(() -> HostRule.parse(text)).isInstanceOf(InvalidValueException.class)
                .hasMessage("\"" + text + "\" is not a host: use host or host:port, without a scheme,"
                        + " such as storage.example.com or 10.0.0.7:9000");
    }
}
