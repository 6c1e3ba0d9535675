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
import dev.freshet.testbed.wire.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static dev.freshet.testbed.proxy.ProxyFixture.PASSWORD;
import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** A registry that refuses Freshet's own account: it is not locked out, it is seen, and what is cached goes on. */
class RefusedCredentialsTest {

    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final Account ALICE = new Account("alice", PASSWORD, Set.of("secret/a"));
    private static final Account CHANGED = new Account("alice", "changed-never-printed", Set.of("secret/a"));
    private static final String TYPE = "application/vnd.oci.image.index.v1+json";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    static Stream<Auth> refusing() {
        return Stream.of(new Auth.Bearer(LIFE, CHANGED), new Auth.Basic(List.of(CHANGED)));
    }

    @ParameterizedTest
    @MethodSource("refusing")
    @DisplayName("L-04: forty requests of a refused account are few logins, and one more after each wait")
    void fortyRequestsAreFewLogins(Auth auth) {
        asAlice(auth);

        List<Got> got = IntStream.range(0, 40).mapToObj(this::fresh).toList();
        long first = logins();
        proxy.pace().advance(Duration.ofSeconds(10));
        IntStream.range(40, 60).forEach(this::fresh);
        long second = logins() - first;
        proxy.pace().advance(Duration.ofSeconds(19));
        fresh(60);
        long early = logins() - first - second;
        proxy.pace().advance(Duration.ofSeconds(1));
        fresh(61);

        assertThat(got).extracting(Got::status).containsOnly(403);
        assertThat(got.getLast().text()).contains("from upstream lab failed: the credentials of alice are refused",
                "401", "check the upstream's username and password");
        assertThat(first).isEqualTo(2);
        assertThat(second).isEqualTo(1);
        assertThat(early).isZero();
        assertThat(logins()).isEqualTo(4);
    }

    @Test
    @DisplayName("L-04: forty requests at once are few logins, too")
    void fortyAtOnceAreFewLogins() {
        asAlice(new Auth.Bearer(LIFE, CHANGED));

        List<Future<Got>> begun = IntStream.range(0, 40)
                .mapToObj(i -> proxy.client().begin(proxy.url("library/r" + i, "manifests/latest"))).toList();

        assertThat(begun).extracting(Client::await).extracting(Got::status).containsOnly(403);
        assertThat(logins()).isBetween(2L, 5L);
    }

    @Test
    @DisplayName("L-04, A-13: a refused account is told once, shown until it is taken again, and cached tags and lists go on")
    void aRefusedAccountIsSeenAndCachedTagsGoOn() {
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, TYPE, Bytes.of("{\"manifests\":[]}")));
        asAlice(new Auth.Basic(List.of(ALICE)));
        proxy.secret(CHANGED.password());
        Got before = proxy.manifest("latest");
        Got list = proxy.client().get(proxy.url("tags/list"));
        long good = proxy.metric("freshet_upstream_credentials_refused", "upstream=\"lab\"");
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(CHANGED))));
        String since = proxy.clock().instant().plus(TTL).toString();
        proxy.clock().advance(TTL);

        List<Got> stale = Stream.generate(() -> proxy.manifest("latest")).limit(12).toList();
        Got staleList = proxy.client().get(proxy.url("tags/list"));
        JsonNode refused = status().path("credentialsRefused").path(0);
        long bad = proxy.metric("freshet_upstream_credentials_refused", "upstream=\"lab\"");
        Got ready = proxy.client().get(proxy.admin("/readyz"));
        proxy.registry().reconfigure(s -> s.auth(new Auth.Basic(List.of(ALICE))));
        proxy.pace().advance(Duration.ofSeconds(10));
        Got after = proxy.manifest("latest");

        assertThat(List.of(before, list)).extracting(Got::status).containsOnly(200);
        assertThat(stale).extracting(Got::status).containsOnly(200);
        assertThat(stale).extracting(got -> got.header("Cache-Status"))
                .allSatisfy(header -> assertThat(header).startsWith("freshet; hit; detail=stale"));
        assertThat(staleList.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
        assertThat(proxy.log()).filteredOn(line -> line.startsWith("WARN")).singleElement().asString()
                .contains("lab: rejects the credentials of alice", "the registry answered 401");
        assertThat(proxy.log()).filteredOn(line -> line.startsWith("INFO") && line.contains("accepts the credentials"))
                .singleElement().asString().contains("of alice again", "12 requests went without them");
        assertThat(refused.path("account").asString()).isEqualTo("alice");
        assertThat(refused.path("since").asString()).isEqualTo(since);
        assertThat(refused.path("lastFailure").asString()).contains("401");
        assertThat(refused.path("nextProbe").asString()).isGreaterThan(since);
        assertThat(List.of(good, bad)).containsExactly(0L, 1L);
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.text()).contains("upstream lab: credentials refused");
        assertThat(after.header("Cache-Status")).contains("revalidated");
        assertThat(status().path("credentialsRefused").isMissingNode()).isTrue();
        assertThat(proxy.client().get(proxy.admin("/readyz")).text()).isEqualTo("ok\n");
    }

    @Test
    @DisplayName("L-04: another password in the file is shown at once")
    void anotherPasswordIsShownAtOnce() throws IOException {
        Path file = Files.writeString(proxy.directory().resolve("password"), PASSWORD);
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(LIFE, CHANGED)));
        proxy.set("upstreams.lab.username", "alice").set("upstreams.lab.password-file", file.toString());
        proxy.secret(CHANGED.password());
        Got refused = fresh(1);
        Files.writeString(file, CHANGED.password() + "\n");

        Got got = fresh(2);

        assertThat(refused.status()).isEqualTo(403);
        assertThat(got.status()).isEqualTo(200);
        assertThat(status().path("credentialsRefused").isMissingNode()).isTrue();
    }

    static Stream<Auth> knowing() {
        Account poor = new Account("alice", PASSWORD, Set.of());
        return Stream.of(new Auth.Bearer(LIFE, poor), new Auth.Basic(List.of(poor)));
    }

    @ParameterizedTest
    @MethodSource("knowing")
    @DisplayName("L-04: a private repository that the account may not read does not lock out the upstream")
    void aPrivateRepositoryLocksOutNothing(Auth auth) {
        proxy.registry().reconfigure(s -> s.privateRepositories(Set.of("secret/a")));
        asAlice(auth);
        proxy.registry().manifest("secret/a", TYPE, Bytes.of("{\"manifests\":[]}"));
        String secret = proxy.url("secret/a", "manifests/latest");

        List<Got> denied = List.of(proxy.client().get(secret), proxy.client().get(secret));
        Got allowed = fresh(1);

        assertThat(denied).extracting(Got::status).containsOnly(403);
        assertThat(allowed.status()).isEqualTo(200);
        assertThat(status().path("credentialsRefused").isMissingNode()).isTrue();
        assertThat(proxy.log()).noneMatch(line -> line.contains("the credentials of"));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    @DisplayName("L-04: a token server that refuses one repository does not lock out the upstream")
    void aTokenServerThatRefusesOneRepositoryLocksOutNothing(int status) {
        asAlice(new Auth.Bearer(LIFE, ALICE));
        proxy.registry().when(On.every(Endpoint.TOKEN).where(request -> request.query().contains("secret")),
                Fault.status(status));

        Got denied = proxy.client().get(proxy.url("secret/a", "manifests/latest"));
        Got allowed = fresh(1);

        assertThat(denied.status()).isEqualTo(403);
        assertThat(denied.text()).contains("it answered " + status);
        assertThat(allowed.status()).isEqualTo(200);
        assertThat(status().path("credentialsRefused").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    @DisplayName("L-04: with stale-if-denied, cached tags and lists are served while the registry denies them")
    void deniedTagsAreServedByChoice(int status) {
        proxy.set("upstreams.lab.stale-if-denied", "true");
        Digest digest = cachedTag();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(status));
        proxy.registry().when(On.every(Endpoint.TAGS), Fault.status(status));
        proxy.registry().when(On.every(Endpoint.REFERRERS), Fault.status(status));
        proxy.clock().advance(TTL);

        List<Got> got = List.of(proxy.manifest("latest"), proxy.manifest("latest"),
                proxy.client().get(proxy.url("tags/list")), proxy.client().get(proxy.url("tags/list")),
                proxy.client().get(proxy.url("referrers/" + digest)));
        proxy.clock().advance(Duration.ofDays(30));
        Got tooOld = proxy.manifest("latest");

        assertThat(got).extracting(Got::status).containsOnly(200);
        assertThat(got).extracting(each -> each.header("Cache-Status"))
                .allSatisfy(header -> assertThat(header).startsWith("freshet; hit; detail=stale"));
        assertThat(tooOld.status()).isEqualTo(status == 404 ? 404 : 403);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    @DisplayName("L-04: without it, the registry's word about a tag is taken")
    void deniedTagsAreNotServedOtherwise(int status) {
        cachedTag();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(status));
        proxy.registry().when(On.every(Endpoint.TAGS), Fault.status(status));
        proxy.clock().advance(TTL);

        List<Got> got = List.of(proxy.manifest("latest"), proxy.client().get(proxy.url("tags/list")));

        assertThat(got).extracting(Got::status).containsOnly(status == 404 ? 404 : 403);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500})
    @DisplayName("L-04: the registry's 403 is its word, though no other token can be had to ask again")
    void a403CountsThoughNoTokenCanBeRenewed(int status) {
        asAlice(new Auth.Bearer(Duration.ofHours(1), ALICE));
        cachedTag();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(403));
        proxy.registry().when(On.every(Endpoint.TOKEN), Fault.status(status));
        proxy.clock().advance(TTL);
        proxy.pace().advance(TTL);

        assertThat(proxy.manifest("latest").status()).isEqualTo(403);
    }

    /** Pulls a tag, its list, and what refers to it. */
    private Digest cachedTag() {
        Digest digest = proxy.registry().manifest(REPO, TYPE, Bytes.of("{\"manifests\":[]}"));
        proxy.registry().tag(REPO, "latest", digest);
        assertThat(List.of(proxy.manifest("latest"), proxy.client().get(proxy.url("tags/list")),
                proxy.client().get(proxy.url("referrers/" + digest)))).extracting(Got::status).containsOnly(200);
        return digest;
    }

    private void asAlice(Auth auth) {
        proxy.registry().reconfigure(s -> s.auth(auth));
        proxy.set("upstreams.lab.username", "alice").set("upstreams.lab.password", PASSWORD);
    }

    /** Pulls something of a repository that was not asked for before. */
    private Got fresh(int number) {
        String repository = "library/r" + number;
        Digest digest = proxy.registry().manifest(repository, TYPE,
                Bytes.of("{\"manifests\":[],\"n\":" + number + "}"));
        return proxy.client().get(proxy.url(repository, "manifests/" + digest));
    }

    /** How often the password was shown. */
    private long logins() {
        return proxy.registry().traffic().all().stream().map(Seen::request).filter(RefusedCredentialsTest::isLogin)
                .count();
    }

    private static boolean isLogin(Request request) {
        return request.header("Authorization").filter(ALICE.basic()::equals).isPresent();
    }

    private JsonNode status() {
        return JsonMapper.builder().build().readTree(proxy.client().get(proxy.admin("/api/v1/status")).text())
                .path("upstreams").path(0);
    }
}
