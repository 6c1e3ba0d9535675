package dev.freshet.proxy.upstream.redirect;

import dev.freshet.config.unit.HostRule;
import dev.freshet.proxy.upstream.redirect.RedirectRules.Verdict;
import java.util.List;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Where a registry may redirect to. */
class RedirectRulesTest {

    private static final HttpUrl REGISTRY = HttpUrl.get("https://registry.example.com/v2/a/blobs/x");

    private final RedirectRules rules = new RedirectRules(REGISTRY, List.of(HostRule.parse("10.0.0.7:9000")));

    @ParameterizedTest
    @CsvSource({"https://cdn.example.net/x?sig=1,https://cdn.example.net/x?sig=1", "/y,https://registry.example.com/y",
            "../y,https://registry.example.com/v2/a/y", "//cdn.example.net/x,https://cdn.example.net/x",
            "https://cdn.example.net:8443/x,https://cdn.example.net:8443/x",
            "https://10.0.0.7:9000/x,https://10.0.0.7:9000/x"})
    @DisplayName("R-04: absolute and relative locations are followed")
    void is_followed(String location, String to) {
        assertThat(rules.judge(REGISTRY, location)).isEqualTo(new Verdict.Follow(HttpUrl.get(to)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "http://cdn.example.net/x?sig=secret", "https://user@cdn.example.net/?sig=secret",
            "https://u:p@cdn.example.net/?sig=secret", "ftp://cdn.example.net/?sig=secret", "file:///x",
            "https://cdn.example.net:22/?sig=secret", "https://cdn.example.net:6/?sig=secret", "https://"})
    @DisplayName("R-04, R-05, R-13: locations without https, with credentials or to odd ports are refused, unquoted")
    void is_refused(String location) {
        assertThat(rules.judge(REGISTRY, location)).isInstanceOfSatisfying(Verdict.Refuse.class,
                refuse -> assertThat(refuse.reason()).isNotBlank().doesNotContain("secret"));
    }

    @Test
    void is_refused_when_it_is_missing_or_huge() {
        assertThat(rules.judge(REGISTRY, null)).isInstanceOf(Verdict.Refuse.class);
        assertThat(rules.judge(REGISTRY, "/" + "x".repeat(64 * 1024))).isInstanceOf(Verdict.Refuse.class);
    }

    @Test
    void the_registry_is_only_itself() {
        assertThat(rules.isRegistry(HttpUrl.get("https://registry.example.com/else"))).isTrue();
        assertThat(rules.isRegistry(HttpUrl.get("http://registry.example.com/"))).isFalse();
        assertThat(rules.isRegistry(HttpUrl.get("https://registry.example.com:444/"))).isFalse();
        assertThat(rules.isRegistry(HttpUrl.get("https://registry.example.com.evil.net/"))).isFalse();
        assertThat(rules.isTrusted(HttpUrl.get("http://10.0.0.7:9000/"))).isTrue();
        assertThat(rules.isTrusted(HttpUrl.get("http://10.0.0.7:9001/"))).isFalse();
    }

    @Test
    @DisplayName("R-01: without a registry no address is one, and a redirect to it is judged as any other")
    void without_a_registry_no_address_is_one() {
        RedirectRules foreign = RedirectRules.withoutRegistry(List.of(HostRule.parse("10.0.0.7:9000")));

        assertThat(foreign.isRegistry(REGISTRY)).isFalse();
        assertThat(foreign.isTrusted(REGISTRY)).isFalse();
        assertThat(foreign.isTrusted(HttpUrl.get("http://10.0.0.7:9000/"))).isTrue();
    }
}
