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
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.traffic.Traffic;
import dev.freshet.testbed.wire.Answer;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Gate;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Manner;
import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.Request;
import dev.freshet.testbed.wire.WireServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.PASSWORD;
import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A front, the upstream {@code lab}, that redirects everything to a registry behind it, which wants a token of its own and
 * redirects blobs to its storage. The front calls its repositories by their own names; behind it they are in {@code behind/}.
 */
class RegistryFrontTest {

    private static final String BEHIND = "behind/thing";
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final byte[] BLOB = Bytes.random(200_000);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    private final Traffic front = new Traffic();
    private volatile Function<Request, Reply> answer = this::redirect;
    @AutoClose
    private final WireServer server = new WireServer(request -> new Answer(answer.apply(request), Manner.PLAIN,
            front.begin(Endpoint.OTHER, request, Optional.empty())));

    @BeforeEach
    void putTheFrontBefore() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(Duration.ofMinutes(5))));
        proxy.set("upstreams.lab.url", "http://" + server.authority())
                .set("upstreams.lab.manifest-hosts", proxy.registry().authority());
    }

    @Test
    @DisplayName("L-07: manifests, by GET and by HEAD, come with a token for the repository of the redirect")
    void manifestsComeWithATokenOfTheOtherRegistry() {
        Digest digest = image();

        Got got = proxy.manifest("1.0");
        proxy.clock().advance(Duration.ofMinutes(2));
        Got again = proxy.manifest("1.0");

        assertThat(got.digest()).isEqualTo(digest);
        assertThat(again.digest()).isEqualTo(digest);
        assertThat(again.header("Cache-Status")).contains("detail=revalidated");
        assertThat(behind(Endpoint.MANIFEST)).extracting(seen -> seen.request().method() + " " + seen.status())
                .containsExactly("GET 401", "GET 200", "HEAD 200");
        assertThat(behind(Endpoint.TOKEN)).singleElement().satisfies(seen -> {
            assertThat(seen.request().parameter("scope")).contains("repository:" + BEHIND + ":pull");
            assertThat(seen.request().header("Authorization")).isEmpty();
        });
        assertThat(front.all()).noneMatch(RegistryFrontTest::isAuthorized);
    }

    @Test
    @DisplayName("L-07, A-02: a blob goes on through the whole chain when its storage's URL and the token have died")
    void aBlobGoesOnThroughTheWholeChain() {
        Digest digest = proxy.registry().blob(BEHIND, BLOB);
        Gate gate = new Gate();
        proxy.registry().when(On.storage().nth(1), new Fault.HoldAt(100_000, gate), Fault.cutAt(100_000));

        Future<Got> got = proxy.client().begin(proxy.url("blobs/" + digest));
        proxy.registry().traffic().await(1, seen -> seen.isStorageGet() && seen.bytesSent() >= 100_000);
        proxy.clock().advance(Duration.ofHours(1));
        gate.open();

        assertThat(Client.await(got).digest()).isEqualTo(digest);
        assertThat(behind(Endpoint.TOKEN)).hasSize(2);
        assertThat(proxy.registry().traffic().storageGets(digest).getLast().request().header("Range"))
                .contains("bytes=100000-");
        assertThat(proxy.registry().traffic().storageGets()).noneMatch(RegistryFrontTest::isAuthorized);
        assertThat(front.all()).hasSize(2).noneMatch(RegistryFrontTest::isAuthorized);
    }

    @Test
    @DisplayName("L-07: a blob that the other registry sends itself comes whole and in ranges")
    void aBlobThatItSendsItselfComes() {
        proxy.registry().reconfigure(s -> s.withoutRedirects());
        Digest digest = proxy.registry().blob(BEHIND, BLOB);

        Got range = proxy.blob(digest, "Range", "bytes=7-9");

        assertThat(range.status()).isEqualTo(206);
        assertThat(range.body()).containsExactly(BLOB[7], BLOB[8], BLOB[9]);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("A-01: many requests meet one 401 of the other registry's")
    void manyRequestsFetchOneToken() throws Exception {
        image();
        List<Digest> blobs = IntStream.range(0, 8).mapToObj(i -> proxy.registry().blob(BEHIND, Bytes.random(100 + i)))
                .toList();
        Gate gate = new Gate();
        proxy.registry().when(On.every(Endpoint.TOKEN), Fault.slowHead(gate));

        List<Future<Got>> running = blobs.stream().map(blob -> proxy.client().begin(proxy.url("blobs/" + blob)))
                .toList();
        proxy.registry().traffic().await(8, seen -> seen.status() == 401);
        gate.open();

        for (int i = 0; i < running.size(); i++) {
            assertThat(Client.await(running.get(i)).digest()).isEqualTo(blobs.get(i));
        }
        assertThat(behind(Endpoint.TOKEN)).hasSize(1);
    }

    @Test
    @DisplayName("L-07: a host of redirect-hosts that answers as a registry is authorised at, too")
    void aRedirectHostMayBeARegistry() {
        proxy.set("upstreams.lab.manifest-hosts", "[]").set("upstreams.lab.redirect-hosts",
                "[\"" + proxy.registry().storageAuthority() + "\", \"" + proxy.registry().authority() + "\"]");
        Digest digest = image();

        assertThat(proxy.manifest("1.0").digest()).isEqualTo(digest);
    }

    @Test
    @DisplayName("A-15, law 8: neither registry sees the other one's credentials")
    void credentialsStayWhereTheyBelong() {
        Account account = new Account("lab", PASSWORD, Set.of(BEHIND));
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(Duration.ofMinutes(5), account))
                .privateRepositories(Set.of(BEHIND)));
        proxy.set("upstreams.lab.username", "lab").set("upstreams.lab.password", PASSWORD)
                .set("upstreams.back.url", proxy.registry().url()).set("upstreams.back.username", "lab")
                .set("upstreams.back.password", PASSWORD);
        answer = request -> request.header("Authorization").filter(account.basic()::equals).isPresent()
                ? redirect(request)
                : Reply.empty(401, Headers.of("WWW-Authenticate", "Basic realm=\"front\""));
        Digest digest = image();

        Got through = proxy.manifest("1.0");
        Got direct = proxy.client().get(proxy.url("back/" + BEHIND, "manifests/1.0"));

        assertThat(through.status()).isEqualTo(403);
        assertThat(through.text()).contains("upstream lab failed").contains("make 127.0.0.1 an upstream of its own");
        assertThat(direct.digest()).isEqualTo(digest);
        assertThat(behind(Endpoint.TOKEN)).extracting(RegistryFrontTest::isAuthorized).containsExactly(false, true);
        assertThat(front.all()).anyMatch(RegistryFrontTest::isAuthorized);
    }

    @Test
    @DisplayName("R-14: that a private address is another upstream is no reason to follow a redirect there")
    void beingAnUpstreamOpensNoPrivateAddress() {
        proxy.set("upstreams.lab.manifest-hosts", "[]").set("upstreams.back.url", proxy.registry().url());
        image();

        Got got = proxy.manifest("1.0");

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("is at no public address; if this upstream's content is there, add it to its"
                + " manifest-hosts: upstreams: { 'lab': { manifest-hosts: ['" + proxy.registry().authority()
                + "'] } }");
        assertThat(proxy.registry().traffic().all()).isEmpty();
        assertThat(front.all()).hasSize(1);
    }

    @Test
    @DisplayName("L-07: lists come through the front, page by page, though links name the other registry")
    void listsComePageByPage() {
        Digest digest = image();
        proxy.registry().tag(BEHIND, "1.1", digest);
        proxy.registry().tag(BEHIND, "1.2", digest);
        proxy.registry().reconfigure(s -> s.pagesOf(1));
        proxy.registry().when(On.every(Endpoint.TAGS).where(r -> isAuthorized(r) && !r.query().contains("last=1.1")),
                Fault.header("Link", "<" + proxy.registry().url() + "/v2/" + BEHIND
                        + "/tags/list?n=1000&last=1.1>; rel=\"next\""));

        Got got = proxy.client().get(proxy.url("tags/list"));

        assertThat(got.status()).as(got.text()).isEqualTo(200);
        assertThat(got.text()).contains("1.0", "1.2");
        assertThat(front.all()).anyMatch(seen -> seen.request().query().contains("last=1.1"));
    }

    @Test
    @DisplayName("L-07, L-06: referrers come from the other registry, and are not there where it knows none")
    void referrersCome() {
        Digest subject = image();
        Digest other = Digest.sha256(Bytes.of("x"));
        proxy.registry().referrer(BEHIND, subject, "{\"mediaType\":\"" + TYPE + "\",\"digest\":\"" + other
                + "\",\"size\":1}");

        Got known = proxy.client().get(proxy.url("referrers/" + subject));
        proxy.registry().when(On.every(Endpoint.REFERRERS), Fault.status(404));
        Got unknown = proxy.client().get(proxy.url("referrers/" + other));

        assertThat(known.text()).contains(other.toString());
        assertThat(unknown.status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("L-07: what the other registry does not have is 404, and not asked for again at once")
    void whatItDoesNotHaveIs404(boolean isManifest) {
        image();
        String path = isManifest ? "manifests/2.0" : "blobs/" + Digest.sha256(Bytes.of("none"));

        Got first = proxy.client().get(proxy.url(path));
        Got second = proxy.client().get(proxy.url(path));

        assertThat(first.status()).as(first.text()).isEqualTo(404);
        assertThat(second.status()).isEqualTo(404);
        assertThat(front.all()).hasSize(1);
    }

    @Test
    @DisplayName("L-07, U-21: another registry that is asked too often is left alone, and what is stored is served")
    void a429HoldsOffTheOtherRegistry() {
        Digest digest = image();
        assertThat(proxy.manifest("1.0").digest()).isEqualTo(digest);
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(429, Headers.of("Retry-After", "30")));
        proxy.clock().advance(Duration.ofMinutes(2));

        Got stale = proxy.manifest("1.0");
        int asked = behind(Endpoint.MANIFEST).size();
        Got cold = proxy.manifest("1.1");

        assertThat(stale.digest()).isEqualTo(digest);
        assertThat(stale.header("Cache-Status")).contains("stale");
        assertThat(cold.status()).isEqualTo(429);
        assertThat(cold.header("Retry-After")).isEqualTo("30");
        assertThat(behind(Endpoint.MANIFEST)).hasSize(asked);
    }

    @Test
    @DisplayName("L-07, U-20: another registry that fails is asked by one probe at a time, and heals")
    void aBrokenOtherRegistryHasACircuit() {
        Digest digest = image();
        proxy.registry().stop();

        List<Got> failed = IntStream.range(0, 4).mapToObj(i -> proxy.manifest("1." + (i + 1))).toList();
        proxy.registry().start();
        proxy.pace().advance(Duration.ofSeconds(60));
        Got healed = proxy.manifest("1.0");

        assertThat(failed).extracting(Got::status).containsOnly(502);
        assertThat(failed.getLast().text()).contains("at " + proxy.registry().authority()
                + ", to which it redirects: it was not asked, as it has failed again and again");
        assertThat(healed.digest()).isEqualTo(digest);
    }

    @Test
    @DisplayName("L-07, A-06: 401 for ever with fresh tokens is asked twice")
    void a401ForEverEnds() {
        image();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(401, Headers.of("WWW-Authenticate",
                "Bearer realm=\"" + proxy.registry().url() + "/token\",service=\"x\"")));

        Got got = proxy.manifest("1.0");

        assertThat(got.status()).isEqualTo(403);
        assertThat(got.text())
                .contains("the registry at 127.0.0.1, to which it redirects, answered 401; registries that"
                        + " another one redirects to are asked without an account");
        assertThat(behind(Endpoint.MANIFEST)).hasSize(2);
    }

    @Test
    @DisplayName("L-07, A-07: a challenge that asks for more gets a token for pull of the redirect's repository")
    void aChallengeThatAsksForMoreGetsPull() {
        image();
        proxy.registry().when(On.every(Endpoint.MANIFEST).nth(1), Fault.status(401, Headers.of("WWW-Authenticate",
                "Bearer realm=\"" + proxy.registry().url()
                        + "/token\",service=\"x\",scope=\"registry:catalog:* repository:secret:pull,push,delete\"")));

        assertThat(proxy.manifest("1.0").status()).isEqualTo(200);

        assertThat(behind(Endpoint.TOKEN)).singleElement().satisfies(seen -> assertThat(
                seen.request().parameter("scope")).contains("repository:" + BEHIND + ":pull"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.invalid/token", "http://10.0.0.1/token", "http://169.254.169.254/token",
            "http://127.0.0.1:1/token", "not a url"})
    @DisplayName("L-07, A-04: a token server that is foreign to the other registry is not asked")
    void aForeignTokenServerIsNotAsked(String realm) {
        image();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(401, Headers.of("WWW-Authenticate",
                "Bearer realm=\"" + realm + "\",service=\"x\"")));

        Got got = proxy.manifest("1.0");

        assertThat(got.status()).isEqualTo(403);
        assertThat(got.text()).contains("at " + proxy.registry().authority() + ", to which it redirects: 401, ");
        assertThat(behind(Endpoint.MANIFEST)).hasSize(1);
        assertThat(behind(Endpoint.TOKEN)).isEmpty();
    }

    @Test
    @DisplayName("L-07: another registry that wants a password gets none, and the client hears what to do")
    void aPasswordIsNotShown() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(new Account("u", PASSWORD, Set.of())))));
        proxy.set("upstreams.lab.username", "u").set("upstreams.lab.password", PASSWORD);
        image();

        Got got = proxy.manifest("1.0");

        assertThat(got.status()).isEqualTo(403);
        assertThat(got.text())
                .contains("401, it wants a user name and a password; registries that another one redirects"
                        + " to are asked without an account: make 127.0.0.1 an upstream of its own");
        assertThat(proxy.registry().traffic().all()).singleElement()
                .satisfies(seen -> assertThat(isAuthorized(seen)).isFalse());
    }

    @Test
    @DisplayName("R-02: a storage that asks for a token at a path that is no registry's gets none, though its host is named")
    void aStorageOfANamedHostGetsNoToken() {
        Digest digest = proxy.registry().blob(BEHIND, BLOB);
        answer = request -> Reply.empty(302, Headers.of("Location", proxy.registry().url() + "/elsewhere/" + digest));
        proxy.registry().when(On.every(Endpoint.OTHER), Fault.status(401, Headers.of("WWW-Authenticate",
                "Bearer realm=\"" + proxy.registry().url() + "/token\",service=\"x\"")));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        assertThat(behind(Endpoint.TOKEN)).isEmpty();
        answer = this::redirect;
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("R-03, L-07: two registries that redirect to each other end after five redirects, tokens and all")
    void aLoopBetweenTwoRegistriesEnds() {
        image();
        proxy.registry().when(On.every(Endpoint.MANIFEST).where(RegistryFrontTest::isAuthorized),
                Fault.redirect("http://" + server.authority() + "/v2/" + REPO + "/manifests/1.0"));

        Got got = proxy.manifest("1.0");

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("redirects more than 5 times");
        assertThat(front.all()).hasSize(3);
        assertThat(behind(Endpoint.MANIFEST)).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/library/secret/manifests/1.0", "/v2/library/secret/blobs/sha256:x"})
    @DisplayName("A-09, R-01: no redirect from elsewhere leads back to another repository with the front's credentials")
    void noOtherRepositoryIsOpenedWithTheFrontsCredentials(String back) {
        proxy.set("upstreams.lab.username", "lab").set("upstreams.lab.password", PASSWORD);
        Digest digest = proxy.registry().blob(BEHIND, BLOB);
        answer = request -> request.header("Authorization").isEmpty()
                ? Reply.empty(401, Headers.of("WWW-Authenticate", "Basic realm=\"front\""))
                : redirect(request);
        proxy.registry().when(On.storage(), Fault.redirect("http://" + server.authority() + back));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("leads back to the registry, to repository library/secret");
        assertThat(front.all()).noneMatch(seen -> seen.request().path().contains("secret"));
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("R-01: a redirect from elsewhere to what is no repository of the registry is followed without credentials")
    void whatIsNoRepositoryIsAskedWithoutCredentials() {
        proxy.set("upstreams.lab.username", "lab").set("upstreams.lab.password", PASSWORD);
        Digest digest = proxy.registry().blob(BEHIND, BLOB);
        answer = request -> request.path().startsWith("/files/")
                ? new Reply(200, Headers.NONE, Content.of(BLOB))
                : request.header("Authorization").isEmpty()
                        ? Reply.empty(401, Headers.of("WWW-Authenticate", "Basic realm=\"front\""))
                        : redirect(request);
        proxy.registry().when(On.storage(), Fault.redirect("http://" + server.authority() + "/files/1"));

        assertThat(proxy.blob(digest).digest()).isEqualTo(digest);

        assertThat(front.all()).filteredOn(seen -> seen.request().path().equals("/files/1")).isNotEmpty()
                .noneMatch(RegistryFrontTest::isAuthorized);
    }

    private Digest image() {
        Digest config = proxy.registry().blob(BEHIND, Bytes.of("{}"));
        Digest digest = proxy.registry().manifest(BEHIND, TYPE, Bytes.of(
                "{\"schemaVersion\":2,\"config\":{\"digest\":\"" + config + "\",\"size\":2},\"layers\":[]}"));
        proxy.registry().tag(BEHIND, "1.0", digest);
        return digest;
    }

    private List<Seen> behind(Endpoint endpoint) {
        return proxy.registry().traffic().of(endpoint);
    }

    private Reply redirect(Request request) {
        return Reply.empty(307, Headers.of("Location",
                proxy.registry().url() + request.target().replace("/v2/" + REPO + "/", "/v2/" + BEHIND + "/")));
    }

    private static boolean isAuthorized(Seen seen) {
        return isAuthorized(seen.request());
    }

    private static boolean isAuthorized(Request request) {
        return request.header("Authorization").isPresent();
    }
}
