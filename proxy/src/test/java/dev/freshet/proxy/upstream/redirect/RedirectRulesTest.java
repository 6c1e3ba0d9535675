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

    private final RedirectRules rules = new RedirectRules(REGISTRY, List.of(HostRule.parse("10.0.0.7:9000")), List.of(),
            List.of());

    @ParameterizedTest
    @CsvSource({"https://cdn.example.net/x?sig=1,https://cdn.example.net/x?sig=1", "/y,https://registry.example.com/y",
            "../y,https://registry.example.com/v2/a/y", "//cdn.example.net/x,https://cdn.example.net/x",
            "https://cdn.example.net:8443/x,https://cdn.example.net:8443/x",
            "https://10.0.0.7:9000/x,https://10.0.0.7:9000/x"})
    @DisplayName("R-04: absolute and relative locations are followed")
    void isFollowed(String location, String to) {
        assertThat(rules.judge(REGISTRY, location)).isEqualTo(new Verdict.Follow(HttpUrl.get(to)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "http://cdn.example.net/x?sig=secret", "https://user@cdn.example.net/?sig=secret",
            "https://u:p@cdn.example.net/?sig=secret", "ftp://cdn.example.net/?sig=secret", "file:///x",
            "https://cdn.example.net:22/?sig=secret", "https://cdn.example.net:6/?sig=secret", "https://"})
    @DisplayName("R-04, R-05, R-13: locations without https, with credentials or to odd ports are refused, unquoted")
    void isRefused(String location) {
        assertThat(rules.judge(REGISTRY, location)).isInstanceOfSatisfying(Verdict.Refuse.class,
                refuse -> assertThat(refuse.reason()).isNotBlank().doesNotContain("secret"));
    }

    @Test
    void isRefusedWhenItIsMissingOrHuge() {
        assertThat(rules.judge(REGISTRY, null)).isInstanceOf(Verdict.Refuse.class);
        assertThat(rules.judge(REGISTRY, "/" + "x".repeat(64 * 1024))).isInstanceOf(Verdict.Refuse.class);
    }

    @Test
    void theRegistryIsOnlyItself() {
        assertThat(rules.isRegistry(HttpUrl.get("https://registry.example.com/else"))).isTrue();
        assertThat(rules.isRegistry(HttpUrl.get("http://registry.example.com/"))).isFalse();
        assertThat(rules.isRegistry(HttpUrl.get("https://registry.example.com:444/"))).isFalse();
        assertThat(rules.isRegistry(HttpUrl.get("https://registry.example.com.evil.net/"))).isFalse();
        assertThat(rules.isTrusted(HttpUrl.get("http://10.0.0.7:9000/"))).isTrue();
        assertThat(rules.isTrusted(HttpUrl.get("http://10.0.0.7:9001/"))).isFalse();
    }

    @Test
    @DisplayName("R-01: without a registry no address is one, and a redirect to it is judged as any other")
    void withoutARegistryNoAddressIsOne() {
        RedirectRules foreign = RedirectRules.withoutRegistry(List.of(HostRule.parse("10.0.0.7:9000")));

        assertThat(foreign.isRegistry(REGISTRY)).isFalse();
        assertThat(foreign.isTrusted(REGISTRY)).isFalse();
        assertThat(foreign.isTrusted(HttpUrl.get("http://10.0.0.7:9000/"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"https://other.example.net/v2/team/app/manifests/1.0,team/app",
            "https://other.example.net/v2/team/app/blobs/sha256:ab?x=1,team/app",
            "https://other.example.net/v2/a/referrers/sha256:ab,a",
            "https://other.example.net/v2/a/b/tags/list?n=1,a/b",
            "https://other.example.net/v2/a/manifests/b/manifests/1,a/manifests/b",
            "https://registry.example.com/base/v2/a/b/manifests/1,a/b"})
    @DisplayName("L-07: an endpoint for content names a repository")
    void anEndpointNamesARepository(String url, String name) {
        assertThat(front().repositoryAt(HttpUrl.get(url))).contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://other.example.net/", "https://other.example.net/v2/",
            "https://other.example.net/v2/a",
            "https://other.example.net/x/v2/a/manifests/1", "https://other.example.net/v2/A/manifests/1",
            "https://other.example.net/v2/a%2Fb/manifests/1", "https://other.example.net/v2//manifests/1",
            "https://other.example.net/v2/a/manifests/", "https://other.example.net/v2/a/uploads/1",
            "https://other.example.net/token?scope=/v2/a/manifests/1",
            "https://registry.example.com/v2/a/manifests/1"})
    @DisplayName("L-07: no other address does")
    void noOtherAddressNamesOne(String url) {
        assertThat(front().repositoryAt(HttpUrl.get(url))).isEmpty();
        assertThat(RedirectRules.withoutRegistry(List.of()).repositoryAt(
                HttpUrl.get("https://other.example.net/v2/a/manifests/1"))).isEmpty();
    }

    @Test
    @DisplayName("L-07, R-14: a registry that is named may be private, one that is configured as another upstream may not")
    void anotherRegistryIsNamedOrConfigured() {
        assertThat(front().isOtherRegistry(HttpUrl.get("https://ghcr.io/v2/a/manifests/1"))).isTrue();
        assertThat(front().isTrusted(HttpUrl.get("https://ghcr.io/v2/a/manifests/1"))).isFalse();
        assertThat(front().isOtherRegistry(HttpUrl.get("http://ghcr.io/v2/a/manifests/1"))).isFalse();
        assertThat(front().isOtherRegistry(HttpUrl.get("https://ghcr.io:8443/v2/a/manifests/1"))).isFalse();
        assertThat(front().isOtherRegistry(HttpUrl.get("https://10.0.0.8:5000/v2/a/manifests/1"))).isTrue();
        assertThat(front().isTrusted(HttpUrl.get("https://10.0.0.8:5000/v2/a/manifests/1"))).isTrue();
        assertThat(front().isOtherRegistry(HttpUrl.get("https://other.example.net/v2/a/manifests/1"))).isFalse();
    }

    @Test
    @DisplayName("L-07, R-05: a registry that is named is not reached from https by http")
    void anotherRegistryIsNoWayAroundHttps() {
        assertThat(front().judge(REGISTRY, "http://10.0.0.8:5000/v2/a/manifests/1"))
                .isInstanceOf(Verdict.Refuse.class);
        assertThat(front().judge(HttpUrl.get("http://registry.example.com/"), "http://10.0.0.8:5000/v2/a/manifests/1"))
                .isInstanceOf(Verdict.Follow.class);
    }

    private static RedirectRules front() {
        return new RedirectRules(HttpUrl.get("https://registry.example.com/base/"), List.of(),
                List.of(HostRule.parse("10.0.0.8:5000")), List.of(HttpUrl.get("https://ghcr.io/")));
    }
}
