package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.HostRule;
import java.util.List;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Which token servers may be asked. */
class RealmRulesTest {

    private static final List<HostRule> TOKEN_HOSTS = List.of(HostRule.parse("sso.example.net"));

    @ParameterizedTest
    @CsvSource({"https://registry-1.docker.io/,https://auth.docker.io/token",
            "https://registry.example.com/,https://registry.example.com/token",
            "https://registry.example.com/,https://sso.example.net/token",
            "http://10.0.0.1:5000/,http://10.0.0.1:5000/t",
            "http://localhost:5000/,http://sso.example.net/token"})
    void isAsked(String registry, String realm) {
        assertThat(RealmRules.refusal(HttpUrl.get(registry), HttpUrl.get(realm), TOKEN_HOSTS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"https://registry-1.docker.io/,https://auth.docker.io.evil.net/token",
            "https://registry-1.docker.io/,http://auth.docker.io/token",
            "https://registry-1.docker.io/,http://registry-1.docker.io/token",
            "https://alice.github.io/,https://mallory.github.io/token",
            "https://example.co.uk/,https://evil.co.uk/token",
            "https://registry.example.com/,http://sso.example.net/token", "https://10.0.0.1/,https://10.0.0.2/token",
            "http://registry.example.com/,http://auth.example.com/token"})
    @DisplayName("A-04: a foreign host, and anything in plain text, is not asked")
    void isNotAsked(String registry, String realm) {
        assertThat(RealmRules.refusal(HttpUrl.get(registry), HttpUrl.get(realm), TOKEN_HOSTS)).get().asString()
                .contains(HttpUrl.get(realm).host());
    }
}
