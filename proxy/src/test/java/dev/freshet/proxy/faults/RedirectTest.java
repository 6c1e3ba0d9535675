package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.Auth;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Redirects: followed where they may lead, with nothing that belongs to the registry, and nowhere else. */
class RedirectTest {

    private static final byte[] BLOB = Bytes.random(200_000);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    @DisplayName("R-01: no Authorization, cookie or other secret arrives at the storage")
    void nothingSecretArrivesAtTheStorage() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(Duration.ofMinutes(5))));
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.header("Set-Cookie", "session=1"));
        Digest digest = proxy.registry().blob(REPO, BLOB);
        Digest second = proxy.registry().blob(REPO, Bytes.of("another"));

        assertThat(proxy.blob(digest).digest()).isEqualTo(digest);
        assertThat(proxy.blob(second).digest()).isEqualTo(second);

        assertThat(proxy.registry().traffic().storageGets()).hasSize(2).allSatisfy(seen -> assertThat(
                seen.request().headers().fields()).extracting(field -> field.name().toLowerCase(java.util.Locale.ROOT))
                .containsOnly("host", "accept-encoding", "user-agent", "connection"));
    }

    @Test
    @DisplayName("R-02: a storage that asks for a token gets none")
    void aStorageThatAsksForATokenGetsNone() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), Fault.status(401, Headers.of("WWW-Authenticate",
                "Bearer realm=\"" + proxy.registry().url() + "/token\",service=\"x\"")));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        assertThat(proxy.registry().traffic().of(Endpoint.TOKEN)).isEmpty();
        assertThat(proxy.registry().traffic().storageGets())
                .noneMatch(s -> s.request().header("Authorization").isPresent());
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("R-03: five redirects are followed")
    void fiveRedirectsAreFollowed() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB), new Fault.Relocated(l -> proxy.registry().hops(4, l)));

        assertThat(proxy.blob(digest).digest()).isEqualTo(digest);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 50})
    @DisplayName("R-03: more are not")
    void moreRedirectsAreNotFollowed(int hops) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB), new Fault.Relocated(l -> proxy.registry().hops(hops, l)));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("redirects more than 5 times");
        assertThat(proxy.registry().traffic().all()).hasSizeLessThanOrEqualTo(4 * 6);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("R-03: a redirect to itself ends too")
    void aLoopEnds() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.redirect("/v2/" + REPO + "/blobs/" + digest));

        assertThat(proxy.blob(digest).status()).isEqualTo(502);
        assertThat(proxy.registry().traffic().all()).hasSizeLessThanOrEqualTo(4 * 6);
        proxy.heals(digest, BLOB);
    }

    static Stream<Fault> oddLocations() {
        return Stream.of(new Fault.WithoutHeader("Location"), Fault.redirect(""), Fault.redirect("   "),
                Fault.redirect("//evil.invalid/x"), new Fault.Relocated(l -> l.replace("://", "://user:pw@")),
                new Fault.Relocated(l -> l + "&x=" + "y".repeat(64 * 1024)), Fault.redirect("http://"),
                Fault.redirect("ftp://127.0.0.1/x"), Fault.redirect("file:///etc/passwd"),
                Fault.redirect("gopher://127.0.0.1:70/"), Fault.redirect("http://example.com:22/"),
                Fault.redirect("http://example.com:0/"), Fault.redirect("http://example.com:99999/"),
                Fault.redirect("javascript:alert(1)"));
    }

    @ParameterizedTest
    @MethodSource("oddLocations")
    @DisplayName("R-04, R-13: a Location that is missing, empty, odd, or to what is no web server is 502")
    void anOddLocationIsRefused(Fault fault) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB), fault);

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.body()).hasSizeLessThan(2_000);
        assertThat(proxy.registry().traffic().storageGets()).isEmpty();
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("R-04: a relative Location is resolved against the registry")
    void aRelativeLocationIsResolved() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB).nth(1), Fault.redirect("../blobs/" + digest + "?again"));

        assertThat(proxy.blob(digest).digest()).isEqualTo(digest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "2130706433",
            "127.1", "0x7f.0.0.1"})
    @DisplayName("R-06, R-07, R-14: a redirect to another port of this machine is refused without a connection")
    void thisMachineIsNotConnected(String host) throws IOException {
        try (ServerSocket canary = new ServerSocket()) {
            canary.bind(new java.net.InetSocketAddress((InetAddress) null, 0));
            Digest digest = proxy.registry().blob(REPO, BLOB);
            proxy.registry().when(On.every(Endpoint.BLOB),
                    Fault.redirect("http://" + host + ":" + canary.getLocalPort() + "/secret?X-Amz-Signature=1"));

            Got got = proxy.blob(digest);

            assertThat(got.status()).isEqualTo(502);
            assertThat(isTouched(canary)).as("connected").isFalse();
            proxy.heals(digest, BLOB);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
            "198.18.0.1", "224.0.0.1", "[fc00::1]", "[fe80::1]", "[ff02::1]", "[64:ff9b::a9fe:a9fe]",
            "[2002:a9fe:a9fe::]"})
    @DisplayName("R-06, R-08: a redirect into a private network is refused at once, and not tried again")
    void privateNetworksAreNotConnected(String host) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.redirect("http://" + host + "/latest/meta-data"));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text().substring(0, 256)).contains("no public address").contains("redirect-hosts: ['");
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).hasSize(1);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("R-14: a private token server may be asked, and still not be redirected to, though a connection is open")
    void anOpenConnectionOpensNoWay() {
        try (FakeRegistry tokens = new FakeRegistry()) {
            tokens.reconfigure(s -> s.auth(new Auth.Bearer(Duration.ofMinutes(5))));
            proxy.set("upstreams.lab.token-hosts", tokens.authority());
            Digest digest = proxy.registry().blob(REPO, BLOB);
            proxy.registry().when(On.every(Endpoint.BLOB).nth(1), Fault.status(401, Headers.of("WWW-Authenticate",
                    "Bearer realm=\"" + tokens.url() + "/token\",service=\"x\"")));
            proxy.registry().when(On.every(Endpoint.BLOB).nth(2), Fault.redirect(tokens.url() + "/secret"));

            Got got = proxy.blob(digest);

            assertThat(got.status()).isEqualTo(502);
            assertThat(tokens.traffic().all()).extracting(Seen::endpoint).containsExactly(Endpoint.TOKEN);
        }
    }

    private static boolean isTouched(ServerSocket canary) throws IOException {
        canary.setSoTimeout(1);
        try {
            canary.accept().close();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
