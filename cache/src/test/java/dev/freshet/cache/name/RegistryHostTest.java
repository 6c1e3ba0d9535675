package dev.freshet.cache.name;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The grammar of registry hosts, also against input made to be slow. */
@Timeout(5)
class RegistryHostTest {

    static String[] hosts() {
        return new String[]{"docker.io", "ghcr.io", "localhost:5000", "lab", "10.0.0.1:443", "a-b.example", "my_host",
                "xn--bcher-kva.example", "a".repeat(255)};
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void aHostIsKeptAsItIs(String host) {
        assertThat(new RegistryHost(host)).hasToString(host);
    }

    static String[] nonsense() {
        return new String[]{"", ".", ":", "a:", ":80", "a:b", "a:123456", "a:1:2", "Docker.io", "a/b", "a b", "a\n",
                "a@b",
                "-a", "a-", ".a", "a.", "a..", "..", "[::1]", "a\u0000", "\u00e4", "a".repeat(256)};
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void nonsenseIsRefused(String host) {
        assertThatThrownBy(() -> new RegistryHost(host)).isInstanceOfSatisfying(InvalidNameException.class,
                refusal -> assertThat(refusal.kind()).isEqualTo(InvalidNameException.Kind.NAME));
    }

    static String[] slow() {
        return new String[]{"a".repeat(254) + "!", "a.".repeat(127) + "!", "a" + ".".repeat(253) + "!",
                "a" + "._-".repeat(84) + "!", "-".repeat(255), "a".repeat(5_000_000) + "!"};
    }

    @ParameterizedTest
    @MethodSource("slow")
    void whatInvitesBacktrackingIsRefusedAtOnce(String host) {
        assertThatThrownBy(() -> new RegistryHost(host)).isInstanceOf(InvalidNameException.class);
    }
}
