package dev.freshet.cache.name;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The grammar of repository names (N-01), also against input made to be slow. */
@Timeout(5)
class RepositoryTest {

    private static final RegistryHost REGISTRY = new RegistryHost("docker.io");

    static String[] names() {
        return new String[]{"a", "0", "library/busybox", "a.b", "a_b", "a__b", "a-b", "a---b", "a/b/c/d",
                "a".repeat(255),
                "a/".repeat(127) + "a", "0.1_2__3-4--5"};
    }

    @ParameterizedTest
    @MethodSource("names")
    void aNameIsKeptAsItIs(String name) {
        assertThat(new Repository(REGISTRY, name).name()).isEqualTo(name);
    }

    static String[] nonsense() {
        return new String[]{"", "/", "/a", "a/", "a//b", "A", "a..b", "a___b", "a._b", ".a", "a.", "_a", "a_", "-a",
                "a-",
                "..", "../a", "a/../b", "a b", "a\n", "a:b", "a%2fb", "a%2e%2e", "a\u0000", "\u00e4", "a;b",
                "a".repeat(256), "a/".repeat(128) + "a"};
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void nonsenseIsRefused(String name) {
        assertThatThrownBy(() -> new Repository(REGISTRY, name)).isInstanceOfSatisfying(InvalidNameException.class,
                refusal -> assertThat(refusal.kind()).isEqualTo(InvalidNameException.Kind.NAME));
    }

    static String[] slow() {
        return new String[]{"a".repeat(254) + "!", "a-".repeat(127) + "!", "a" + "-".repeat(253) + "!",
                "a/".repeat(127) + "!", "a__".repeat(84) + "_!", "a.".repeat(127), "-".repeat(255),
                "a".repeat(5_000_000) + "!", "a/".repeat(2_000_000)};
    }

    @ParameterizedTest
    @MethodSource("slow")
    void whatInvitesBacktrackingIsRefusedAtOnce(String name) {
        assertThatThrownBy(() -> new Repository(REGISTRY, name)).isInstanceOf(InvalidNameException.class);
    }

    @Test
    void twoRegistriesNeverShareARepository() {
        assertThat(new Repository(REGISTRY, "a")).isNotEqualTo(new Repository(new RegistryHost("ghcr.io"), "a"))
                .hasToString("docker.io/a");
    }
}
