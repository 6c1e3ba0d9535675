package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Answers' heads that no honest server writes. */
class HostileHeadTest {

    private static final byte[] BLOB = Bytes.random(100_000);
    private static final int SHORT = 2_000;

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    static Stream<String> hostile() {
        String big = "x".repeat(1 << 20);
        return Stream.of("HTTP/1.1 200 OK\r\nX-Evil: " + big + "\r\nContent-Length: 100000\r\n\r\n",
                "HTTP/1.1 503 Bad\rX-Evil: 1\r\nX-Evil: 2\r\nContent-Length: 0\r\n\r\n",
                "GARBAGE " + big.substring(0, 100_000) + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: evil" + big.substring(0, 100_000) + "\r\n\r\n",
                "HTTP/1.1 206 OK\r\nContent-Range: evil" + big.substring(0, 100_000) + "\r\n\r\n",
                "HTTP/1.1 999 " + big.substring(0, 100_000) + "\r\nX-Evil: 1\r\nContent-Length: 0\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    @DisplayName("U-24: a hostile head of a blob's answer is refused, and nothing of it reaches the client")
    void aHostileHeadIsRefused(String head) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.RawHead(head));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isIn(502, 503);
        assertThat(got.headers().has("X-Evil")).isFalse();
        assertThat(got.body()).hasSizeLessThan(SHORT);
        proxy.awaitNoFills();
        assertThat(proxy.log()).noneMatch(line -> line.lines().findFirst().orElse("").length() > 2 * SHORT);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-24: a hostile head of a manifest's answer is refused, and nothing of it reaches the client")
    void aHostileHeadOfAManifestIsRefused() {
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, "application/json", Bytes.of("{}")));
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.header("Content-Type", "evil/" + "x".repeat(100_000)));

        Got got = proxy.manifest("latest");

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.body()).hasSizeLessThan(SHORT);
    }

    @Test
    @DisplayName("U-24: ten thousand header fields are refused, and none reaches the client")
    void manyFieldsAreRefused() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        String fields = IntStream.range(0, 10_000).mapToObj(i -> "X-Evil-" + i + ": y\r\n")
                .collect(Collectors.joining());
        proxy.registry().when(On.storage(), new Fault.RawHead(
                "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 100000\r\n\r\n"));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.headers().fields()).noneMatch(field -> field.name().startsWith("X-Evil"));
        proxy.heals(digest, BLOB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "-1", "99999999999999999999999", "9223372036854775807", "abc", "1e5", "100000, 5",
            "5\r\nContent-Length: 100000", "100000\r\nContent-Length: 5", "+100000", ""})
    @DisplayName("U-29: an absurd or contradictory Content-Length is refused before anything is served")
    void anAbsurdLengthIsRefused(String length) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(),
                new Fault.RawHead("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n"));

        Got got = proxy.blob(digest);

        assertThat(got.status()).as("%s", got).isEqualTo(502);
        proxy.heals(digest, BLOB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "99999999999999999999999", "9223372036854775807", "5\r\nContent-Length: 2"})
    @DisplayName("U-29: so is a manifest's")
    void anAbsurdLengthOfAManifestIsRefused(String length) {
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, "application/json", Bytes.of("{}")));
        proxy.registry().when(On.every(Endpoint.MANIFEST),
                new Fault.RawHead("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n"));

        Got got = proxy.manifest("latest");

        assertThat(got.status()).isEqualTo(502);
        proxy.registry().heal();
        assertThat(proxy.manifest("latest").status()).isEqualTo(200);
    }
}
