package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Headers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Registries that fail HEAD of manifests: how many HEADs and GETs each of them sees. */
class RefusedHeadTest {

    private static final String TYPE = "application/vnd.oci.image.index.v1+json";
    private static final byte[] OLD = Bytes.of("{\"schemaVersion\":2,\"manifests\":[]}");
    private static final byte[] NEW = Bytes.of("{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{}}");

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    static Stream<Fault> refusals() {
        return Stream.concat(
                Stream.of(400, 401, 403, 404, 405, 406, 410, 451, 500, 501, 502, 503, 504, 302).map(Fault::status),
                Stream.of(new Fault.WithoutHeader("Docker-Content-Digest"),
                        Fault.header("Docker-Content-Digest", "none"), Fault.redirect("http://10.1.2.3/")));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    @DisplayName("L-03: where HEAD fails, GET decides: for a client's HEAD, its GET, and a tag that has moved")
    void getDecides(Fault refusal) {
        Digest old = tag("latest", OLD);
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), refusal);

        Got head = head("latest");
        Got get = proxy.manifest("latest");
        Digest moved = tag("latest", NEW);
        proxy.clock().advance(Duration.ofMinutes(1));
        Got after = proxy.manifest("latest");

        assertThat(head.status()).isEqualTo(200);
        assertThat(described(head)).isEqualTo(described(get));
        assertThat(get.digest()).isEqualTo(old);
        assertThat(get.header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(after.digest()).isEqualTo(moved);
        assertThat(methods()).containsExactly("HEAD", "GET", "GET");
    }

    @Test
    @DisplayName("L-03: where HEAD never works, it is asked after 1 min, and then more rarely, up to once an hour")
    void aUselessHeadIsAskedRarely() {
        tag("latest", OLD);
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), Fault.status(501));
        proxy.manifest("latest");

        for (int minute = 0; minute < 300; minute++) {
            later(Duration.ofMinutes(1));
            Got got = proxy.manifest("latest");
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.header("Cache-Status")).isEqualTo("freshet; fwd=stale; detail=revalidated");
        }

        assertThat(methods().stream().filter("GET"::equals)).hasSize(301);
        assertThat(methods().stream().filter("HEAD"::equals)).hasSize(10);
    }

    @Test
    @DisplayName("L-03: a HEAD that works again is asked as before")
    void aHeadThatWorksAgainIsAsked() {
        tag("latest", OLD);
        proxy.manifest("latest");
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD").firstTimes(1), Fault.status(404));

        for (int minute = 0; minute < 4; minute++) {
            later(Duration.ofMinutes(1));
            proxy.manifest("latest");
        }

        assertThat(methods()).containsExactly("GET", "HEAD", "GET", "HEAD", "HEAD", "HEAD");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 401, 403})
    @DisplayName("L-03: where HEAD works and a GET has confirmed a refusal, others cost no GET for an hour")
    void confirmedRefusalsSpareGets(int status) {
        tag("latest", OLD);
        proxy.registry().when(
                On.every(Endpoint.MANIFEST).where(r -> r.path().contains("/none")), Fault.status(status));
        head("latest");

        List<Got> refused = Stream.of("none1", "none2", "none3").map(this::head).toList();
        later(Duration.ofMinutes(59));
        Got within = head("none4");
        List<String> before = methods();
        later(Duration.ofMinutes(1));
        Got past = head("none5");

        assertThat(refused).extracting(Got::status).containsOnly(status == 401 ? 403 : status);
        assertThat(List.of(within, past)).extracting(Got::status).containsOnly(status == 401 ? 403 : status);
        assertThat(before.stream().filter("GET"::equals)).hasSize(1);
        assertThat(methods().subList(before.size(), methods().size())).containsExactly("HEAD", "GET");
    }

    @Test
    @DisplayName("L-03: a 404 to HEAD that is believed is remembered for HEAD, and never for a GET")
    void whatHeadSaysIsNoAnswerToGet() {
        trustHead();
        Got head = head("none2");
        Got again = head("none2");
        Digest digest = tag("none2", OLD);

        Got get = proxy.manifest("none2");
        Got then = head("none2");

        assertThat(List.of(head, again)).extracting(Got::status).containsOnly(404);
        assertThat(again.header("Cache-Status")).isEqualTo("freshet; hit; detail=negative");
        assertThat(get.digest()).isEqualTo(digest);
        assertThat(then.header("Docker-Content-Digest")).isEqualTo(digest.toString());
        assertThat(methods()).containsExactly("HEAD", "HEAD", "GET", "HEAD", "GET");
    }

    @Test
    @DisplayName("L-03: a believed 404 that a client's own GET contradicts ends the belief for a day")
    void aContradictionEndsTheBelief() {
        trustHead();
        tag("there", OLD);
        tag("too", OLD);
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD").where(r -> r.path().matches(".*/t(here|oo)")),
                Fault.status(404));
        int before = methods().size();

        Got believed = head("there");
        Got get = proxy.manifest("there");
        Got verified = head("too");
        Got none = head("none2");
        later(Duration.ofHours(23));
        Got stillVerified = head("none3");

        assertThat(believed.status()).isEqualTo(404);
        assertThat(List.of(get, verified)).extracting(Got::status).containsOnly(200);
        assertThat(List.of(none, stillVerified)).extracting(Got::status).containsOnly(404);
        assertThat(methods().subList(before, methods().size())).containsExactly("HEAD", "GET", "HEAD", "GET", "GET",
                "HEAD", "GET");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 403, 401})
    @DisplayName("L-03: a believed refusal of HEAD is no answer to a GET of a known tag, and takes no known digest away")
    void whatIsKnownIsAskedForWithGet(int status) {
        Digest known = tag("latest", OLD);
        proxy.manifest("latest");
        proxy.registry().when(On.every(Endpoint.MANIFEST).where(r -> r.path().contains("/none")), Fault.status(status));
        later(Duration.ofDays(8));
        tag("other", NEW);
        head("other");
        head("none");
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), Fault.status(status));

        List<Got> got = List.of(proxy.manifest(known.toString()), proxy.manifest("latest"), head("latest"));

        assertThat(got).extracting(Got::status).containsOnly(200);
        assertThat(got).extracting(one -> one.header("Docker-Content-Digest")).containsOnly(known.toString());
    }

    @Test
    @DisplayName("L-03: a 404 to HEAD that GET can neither confirm nor deny forgets no tag")
    void anUnconfirmed404ForgetsNothing() {
        Digest old = tag("latest", OLD);
        proxy.manifest("latest");
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), Fault.status(404));
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("GET"), Fault.status(503));
        later(Duration.ofMinutes(1));

        Got stale = proxy.manifest("latest");
        proxy.registry().heal();
        later(Duration.ofSeconds(30));
        Got healed = proxy.manifest("latest");

        assertThat(stale.digest()).isEqualTo(old);
        assertThat(stale.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
        assertThat(healed.status()).isEqualTo(200);
    }

    @Test
    @DisplayName("L-03: a server error to HEAD is not repeated, the GET after it is")
    void aServerErrorIsAskedOnceByHead() {
        tag("latest", OLD);
        proxy.manifest("latest");
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(502));
        later(Duration.ofMinutes(1));

        Got stale = proxy.manifest("latest");

        assertThat(stale.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
        assertThat(methods()).containsExactly("GET", "HEAD", "GET", "GET", "GET", "GET");
    }

    static Stream<Fault> pleas() {
        return Stream.of(Fault.status(429), Fault.status(429, Headers.of("Retry-After", "30")),
                Fault.status(503, Headers.of("Retry-After", "30")));
    }

    @ParameterizedTest
    @MethodSource("pleas")
    @DisplayName("L-03: a registry that asks to be left alone is asked no GET, cold or by a known tag")
    void whoAsksToBeLeftAloneIs(Fault plea) {
        tag("latest", OLD);
        proxy.manifest("latest");
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), plea);
        later(Duration.ofMinutes(1));

        Got stale = proxy.manifest("latest");
        Got cold = head("cold");

        assertThat(stale.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
        assertThat(cold.status()).isIn(429, 503);
        assertThat(methods()).containsExactly("GET", "HEAD");
    }

    @Test
    @DisplayName("L-03: where HEAD only breaks the connection, the next request is a GET, and a moved tag is seen")
    void aHeadWithoutAnAnswerIsFollowedByAGet() {
        Digest old = tag("latest", OLD);
        proxy.manifest("latest");
        Digest moved = tag("latest", NEW);
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), new Fault.RawHead(""), Fault.cutAt(0));
        later(Duration.ofMinutes(1));

        Got stale = proxy.manifest("latest");
        int before = methods().size();
        Got seen = proxy.manifest("latest");
        later(Duration.ofSeconds(59));
        Got fresh = proxy.manifest("latest");

        assertThat(stale.digest()).isEqualTo(old);
        assertThat(stale.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
        assertThat(List.of(seen, fresh)).extracting(Got::digest).containsOnly(moved);
        assertThat(methods().subList(0, before).stream().filter("GET"::equals)).hasSize(1);
        assertThat(methods().subList(before, methods().size())).containsExactly("GET");
    }

    @Test
    @DisplayName("L-03: a HEAD that never works opens no circuit: other images are pulled")
    void aUselessHeadOpensNoCircuit() {
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), Fault.status(500));
        for (int i = 0; i < 20; i++) {
            tag("t" + i, OLD);
            assertThat(head("t" + i).status()).isEqualTo(200);
            later(Duration.ofSeconds(30));
        }

        assertThat(proxy.metric("freshet_upstream_held_back", "upstream=\"lab\"")).isZero();
    }

    /** HEAD has worked, and a GET has confirmed its 404. */
    private void trustHead() {
        tag("latest", OLD);
        head("latest");
        assertThat(head("none").status()).isEqualTo(404);
        assertThat(methods()).containsExactly("HEAD", "HEAD", "GET");
    }

    private static List<String> described(Got got) {
        return Stream.of("Content-Type", "Content-Length", "Docker-Content-Digest", "ETag").map(got::header).toList();
    }

    private Got head(String reference) {
        return proxy.client().head(proxy.url("manifests/" + reference));
    }

    private void later(Duration duration) {
        proxy.clock().advance(duration);
        proxy.pace().advance(duration);
    }

    private List<String> methods() {
        return proxy.registry().traffic().of(Endpoint.MANIFEST).stream().map(Seen::method).toList();
    }

    private Digest tag(String tag, byte[] body) {
        Digest digest = proxy.registry().manifest(REPO, TYPE, body);
        proxy.registry().tag(REPO, tag, digest);
        return digest;
    }
}
