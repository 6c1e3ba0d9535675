package dev.freshet.cache.name;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The grammar of tags (N-04), and which of the two a reference is. */
class ReferenceTest {

    private static final String DIGEST = "sha256:" + "a".repeat(64);

    static String[] tags() {
        return new String[]{"a", "A", "0", "_", "latest", "1.36.1-glibc", "v1..2", "_.-", "a".repeat(128)};
    }

    @ParameterizedTest
    @MethodSource("tags")
    void aTagIsKeptAsItIs(String text) {
        assertThat(Reference.parse(text)).isEqualTo(new Tag(text)).hasToString(text);
    }

    static String[] noTags() {
        return new String[]{"", ".a", "-a", "..", "a/b", "a b", "a\n", "a+b", "a%2e", "\u00e4", "a".repeat(129),
                "a".repeat(1_000_000)};
    }

    @ParameterizedTest
    @MethodSource("noTags")
    void whatIsNoTagIsRefused(String text) {
        assertThatThrownBy(() -> Reference.parse(text)).isInstanceOfSatisfying(InvalidNameException.class,
                refusal -> assertThat(refusal.kind()).isEqualTo(InvalidNameException.Kind.TAG));
    }

    @Test
    void whatHasAColonIsADigest() {
        assertThat(Reference.parse(DIGEST)).isEqualTo(Digest.parse(DIGEST));
        assertThatThrownBy(() -> Reference.parse("latest:1")).isInstanceOfSatisfying(InvalidNameException.class,
                refusal -> assertThat(refusal.kind()).isEqualTo(InvalidNameException.Kind.DIGEST));
    }

    @Test
    void anImageReferenceReadsAsPeopleWriteIt() {
        Repository busybox = new Repository(new RegistryHost("docker.io"), "library/busybox");

        assertThat(new ImageReference(busybox, new Tag("1.36"))).hasToString("docker.io/library/busybox:1.36");
        assertThat(new ImageReference(busybox, Digest.parse(DIGEST)))
                .hasToString("docker.io/library/busybox@" + DIGEST);
    }
}
