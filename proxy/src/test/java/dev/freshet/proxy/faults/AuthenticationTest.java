package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.Account;
import dev.freshet.testbed.registry.Auth;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Ending;
import dev.freshet.testbed.wire.Gate;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
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

/** Tokens and passwords: fetched once, renewed when they die, sent nowhere else, and never printed. */
class AuthenticationTest {

    private static final byte[] BLOB = Bytes.random(200_000);
    private static final Duration LIFE = Duration.ofMinutes(5);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    @DisplayName("A-01: sixteen requests that meet a 401 fetch one token")
    void manyRequestsFetchOneToken() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE)));
        Gate gate = new Gate();
        proxy.registry().when(On.every(Endpoint.TOKEN), Fault.slowHead(gate));
        List<Digest> digests = IntStream.range(0, 16)
                .mapToObj(i -> proxy.registry().blob(REPO, Bytes.random(1000 + i))).toList();

        List<Future<Got>> begun = digests.stream().map(d -> proxy.client().begin(proxy.url("blobs/" + d))).toList();
        proxy.await("16 fills", () -> proxy.metric("freshet_fills_active") == 16);
        gate.awaitArrivals(1);
        gate.open();

        assertThat(begun).extracting(Client::await).extracting(Got::digest).isEqualTo(digests);
        assertThat(proxy.registry().traffic().of(Endpoint.TOKEN)).hasSize(1);
    }

    @Test
    @DisplayName("A-02: a token that dies between manifest and blob, and during a transfer, is renewed")
    void aTokenThatDiesIsRenewed() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE)).urlLife(Duration.ofMinutes(2))
                .storage(storage -> storage.cutAtExpiry(Ending.FIN)));
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, "application/json", Bytes.of("{}")));
        Gate gate = new Gate();
        proxy.registry().when(On.storage().nth(1), new Fault.HoldAt(100_000, gate));

        Got manifest = proxy.manifest("latest");
        proxy.clock().advance(LIFE);
        Future<Got> begun = proxy.client().begin(proxy.url("blobs/" + digest));
        gate.awaitArrivals(1);
        proxy.clock().advance(LIFE);
        Got blob = Client.await(begun);

        assertThat(manifest.status()).isEqualTo(200);
        assertThat(blob.cut()).isFalse();
        assertThat(blob.digest()).isEqualTo(digest);
        assertThat(proxy.registry().traffic().of(Endpoint.TOKEN)).hasSize(3);
    }

    static Stream<Fault> brokenTokens() {
        return Stream.of(Fault.status(500), Fault.status(429, Headers.of("Retry-After", "7")), Fault.loginPage(),
                new Fault.Instead(Reply.of(200, "application/json", "\"" + "x".repeat(2_000_000) + "\"")),
                new Fault.Instead(Reply.of(200, "application/json", "[".repeat(200_000))),
                new Fault.Instead(Reply.of(200, "application/json", "{\"token\":\"a b\"}")),
                new Fault.Instead(Reply.of(200, "application/json", "{\"token\":\"bad\",\"expires_in\":-1}")),
                Fault.resetAt(3), Fault.status(401));
    }

    @ParameterizedTest
    @MethodSource("brokenTokens")
    @DisplayName("A-03: a token server that fails is an error after a few tries, and heals")
    void aBrokenTokenServerIsAnError(Fault fault) {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE)));
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.TOKEN), fault);

        Got got = proxy.blob(digest);

        assertThat(got.status()).isIn(403, 429, 502, 503);
        assertThat(got.text()).contains("upstream lab");
        assertThat(proxy.registry().traffic().of(Endpoint.TOKEN)).hasSizeLessThan(6);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("A-03: a token server that was asked too often is left alone, and its registry not asked without a token")
    void aTokenServerThatWasAskedTooOftenIsLeftAlone() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE)));
        assertThat(proxy.blob(proxy.registry().blob(REPO, BLOB)).status()).isEqualTo(200);
        proxy.clock().advance(LIFE);
        proxy.pace().advance(LIFE);
        proxy.registry().when(On.every(Endpoint.TOKEN), Fault.status(429, Headers.of("Retry-After", "60")));
        int tokens = proxy.registry().traffic().of(Endpoint.TOKEN).size();
        int blobs = proxy.registry().traffic().of(Endpoint.BLOB).size();

        List<Got> got = IntStream.range(0, 5)
                .mapToObj(i -> proxy.blob(proxy.registry().blob(REPO, Bytes.random(1000 + i)))).toList();

        assertThat(got).extracting(Got::status).containsOnly(429);
        assertThat(got).extracting(each -> each.header("Retry-After")).containsOnly("60");
        assertThat(proxy.registry().traffic().of(Endpoint.TOKEN)).hasSize(tokens + 1);
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).hasSize(blobs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://auth.evil.example/token", "http://localhost:%s/token", "http://evil.example/token",
            "no url", ""})
    @DisplayName("A-04: a token server that is foreign to the registry is not asked, and the log says so")
    void aForeignTokenServerIsNotAsked(String realm) {
        proxy.set("upstreams.lab.username", "alice").set("upstreams.lab.password", ProxyFixture.PASSWORD);
        try (FakeRegistry evil = new FakeRegistry()) {
            String port = evil.authority().substring(evil.authority().indexOf(':') + 1);
            Digest digest = proxy.registry().blob(REPO, BLOB);
            proxy.registry().when(On.every(Endpoint.BLOB), Fault.status(401, Headers.of("WWW-Authenticate",
                    "Bearer realm=\"" + realm.formatted(port) + "\",service=\"x\"")));

            Got got = proxy.blob(digest);

            assertThat(got.status()).isEqualTo(403);
            assertThat(evil.traffic().all()).isEmpty();
            assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).hasSize(1);
            assertThat(proxy.log()).anyMatch(line -> line.contains("token server"));
            proxy.heals(digest, BLOB);
        }
    }

    @Test
    @DisplayName("A-06: 401 for ever, with fresh tokens, is two tries")
    void refusedForEverIsTwoTries() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE)));
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB), new Fault.WithStatus(401), Fault.header("WWW-Authenticate",
                "Bearer realm=\"" + proxy.registry().url() + "/token\",service=\"testbed\""));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(403);
        assertThat(got.text()).contains("the registry answered 401; check the upstream's username and password");
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).hasSize(2);
        assertThat(proxy.registry().traffic().of(Endpoint.TOKEN)).hasSize(1);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("A-07: for any challenge, only pull of this repository is asked")
    void onlyPullOfThisRepositoryIsAsked() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE)));
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB).nth(1), Fault.header("WWW-Authenticate", "Bearer realm=\""
                + proxy.registry().url()
                + "/token\",service=\"testbed\",scope=\"repository:secret/x:pull,push registry:catalog:*\""));

        Got got = proxy.blob(digest);

        assertThat(got.digest()).isEqualTo(digest);
        assertThat(proxy.registry().traffic().of(Endpoint.TOKEN)).singleElement()
                .satisfies(seen -> assertThat(seen.request().parameters())
                        .filteredOn(parameter -> parameter.name().equals("scope"))
                        .singleElement().extracting("value").isEqualTo("repository:library/thing:pull"));
    }

    @Test
    @DisplayName("A-09, A-10: a private layer is not served under another repository, hit or not, GET or HEAD")
    void aPrivateLayerStaysPrivate() {
        Account alice = new Account("alice", ProxyFixture.PASSWORD, Set.of("secret/a"));
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE, alice)).privateRepositories(Set.of("secret/a")));
        proxy.set("upstreams.lab.username", "alice").set("upstreams.lab.password", ProxyFixture.PASSWORD);
        Digest secret = proxy.registry().blob("secret/a", BLOB);
        Digest manifest = proxy.registry().manifest("secret/a", "application/json", Bytes.of("{\"a\":1}"));
        proxy.registry().blob(REPO, Bytes.of("public"));

        Got allowed = proxy.client().get(proxy.url("secret/a", "blobs/" + secret));
        Got allowedManifest = proxy.client().get(proxy.url("secret/a", "manifests/" + manifest));
        Got head = proxy.client().head(proxy.url("blobs/" + secret));
        Got get = proxy.blob(secret);
        Got range = proxy.blob(secret, "Range", "bytes=0-0");
        Got otherManifest = proxy.manifest(manifest.toString());

        assertThat(allowed.digest()).isEqualTo(secret);
        assertThat(allowedManifest.status()).isEqualTo(200);
        assertThat(List.of(head, get, range, otherManifest)).extracting(Got::status).containsOnly(404);
        assertThat(List.of(head, get, range)).extracting(Got::digest).doesNotContain(secret);
    }

    @Test
    @DisplayName("A-13: a password that is refused is not told to any client")
    void aRefusedPasswordIsNotTold() {
        Account alice = new Account("alice", "another", Set.of());
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(alice))));
        proxy.set("upstreams.lab.username", "alice").set("upstreams.lab.password", ProxyFixture.PASSWORD);
        proxy.secret("YWxpY2U6");
        Digest digest = proxy.registry().blob(REPO, BLOB);

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(403);
        assertThat(got.text()).contains("401").doesNotContain(ProxyFixture.PASSWORD);
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).hasSize(2);
    }

    @Test
    @DisplayName("A-14: a password with a colon, a space and an umlaut works, and stays with the registry")
    void aStrangePasswordWorks() {
        Account alice = new Account("alice", ProxyFixture.PASSWORD, Set.of());
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(alice))));
        proxy.set("upstreams.lab.username", "alice").set("upstreams.lab.password", ProxyFixture.PASSWORD);
        Digest digest = proxy.registry().blob(REPO, BLOB);

        Got got = proxy.blob(digest);

        assertThat(got.digest()).isEqualTo(digest);
        assertThat(proxy.registry().traffic().storageGets())
                .noneMatch(s -> s.request().header("Authorization").isPresent());
    }

    @Test
    @DisplayName("A-15: what a client sends to prove itself is not passed on")
    void aClientsAuthorizationIsNotPassedOn() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, "application/json", Bytes.of("{}")));
        proxy.secret("clients-own");

        proxy.blob(digest, "Authorization", "Bearer clients-own", "Cookie", "session=clients-own");
        proxy.manifest("latest", "Authorization", "Basic clients-own");

        assertThat(proxy.registry().traffic().all()).hasSize(3).extracting(Seen::request)
                .noneMatch(request -> request.headers().fields().toString().contains("clients-own"));
    }
}
