package dev.freshet.cache.name;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The grammar of digests (N-05). */
class DigestTest {

    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final String EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void sha256AndSha512AreRead() {
        assertThat(Digest.parse("sha256:" + HEX)).isEqualTo(new Digest(Digest.Algorithm.SHA256, HEX));
        assertThat(Digest.parse("sha512:" + HEX + HEX)).isEqualTo(new Digest(Digest.Algorithm.SHA512, HEX + HEX));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256:", "sha512:"})
    void itPrintsAsItWasRead(String prefix) {
        String text = prefix + (prefix.equals("sha256:") ? HEX : HEX + HEX);

        assertThat(Digest.parse(text)).hasToString(text);
    }

    static String[] nonsense() {
        return new String[]{"", ":", "sha256", "sha256:", HEX, "sha256:" + HEX.toUpperCase(Locale.ROOT),
                "SHA256:" + HEX, "sha256:" + HEX.substring(1), "sha256:" + HEX + "0", "sha512:" + HEX,
                "sha256:" + HEX + HEX, "md5:" + HEX.substring(32), "sha384:" + HEX + HEX.substring(32),
                "sha256:../../x", "sha256:" + HEX.substring(6) + "../../", "sha256:" + HEX.substring(1) + "g",
                "sha256:" + HEX.substring(1) + "\n", " sha256:" + HEX, "sha256:" + HEX.substring(1) + "\u0661",
                "sha256:" + "0".repeat(1_000_000)};
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void nonsenseIsRefused(String text) {
        assertThatThrownBy(() -> Digest.parse(text)).isInstanceOfSatisfying(InvalidNameException.class,
                refusal -> assertThat(refusal.kind()).isEqualTo(InvalidNameException.Kind.DIGEST));
    }

    @Test
    void aRefusalQuotesLittleAndOnOneLine() {
        assertThatThrownBy(() -> Digest.parse("sha256:\r\n\u001b[31m" + "0".repeat(100_000)))
                .hasMessageStartingWith("digest \"sha256:???[31m000").message().hasSizeLessThan(250)
                .doesNotContain("\n");
    }

    @Test
    void itIsTheHashOfContent() {
        MessageDigest hash = Digest.Algorithm.SHA512.newHash();
        hash.update("abc".getBytes(StandardCharsets.US_ASCII));

        assertThat(Digest.sha256(new byte[0])).hasToString(EMPTY);
        assertThat(Digest.of(Digest.Algorithm.SHA512, hash).hex()).startsWith("ddaf35a193617aba").hasSize(128);
    }
}
