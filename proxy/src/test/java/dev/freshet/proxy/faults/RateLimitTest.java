package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Gate;
import dev.freshet.testbed.wire.Headers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** An upstream that is asked too often, and says so. */
class RateLimitTest {

    private static final String TYPE = "application/vnd.oci.image.index.v1+json";
    private static final byte[] INDEX = Bytes.of("{\"manifests\":[]}");
    private static final byte[] MOVED = Bytes.of("{\"manifests\":[],\"annotations\":{}}");
    private static final byte[] LAYER = Bytes.random(3 * Bytes.MIB);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @ParameterizedTest
    @ValueSource(strings = {"90", "Thu, 01 Jan 2026 00:01:30 GMT", "Thursday, 01-Jan-26 00:01:30 GMT",
            "Thu Jan  1 00:01:30 2026"})
    @DisplayName("U-21: after a 429 no manifest is asked for until its time is over, for any client")
    void noCallLeavesUntilItsTimeIsOver(String retryAfter) {
        tag("a", INDEX);
        tag("b", INDEX);
        refusing("GET", 429, retryAfter);

        Got first = proxy.manifest("a");
        later(Duration.ofSeconds(50));
        List<Got> heldOff = List.of(proxy.manifest("a"), proxy.manifest("b"),
                proxy.client().get(proxy.url("library/other", "manifests/c")));
        later(Duration.ofMillis(39_999));
        Got atLast = proxy.manifest("b");
        proxy.registry().heal();
        later(Duration.ofMillis(1));
        Got after = proxy.manifest("b");

        assertThat(first.status()).isEqualTo(429);
        assertThat(first.header("Retry-After")).isEqualTo("90");
        assertThat(heldOff).allSatisfy(got -> {
            assertThat(got.status()).isEqualTo(429);
            assertThat(got.header("Retry-After")).isEqualTo("40");
            assertThat(got.text()).contains("TOOMANYREQUESTS", "upstream lab", "held off; try again in 40 s");
        });
        assertThat(atLast.header("Retry-After")).isEqualTo("1");
        assertThat(after.body()).isEqualTo(INDEX);
        assertThat(methods()).containsExactly("GET", "GET");
        assertThat(proxy.log()).filteredOn(line -> line.startsWith("WARN upstream")).singleElement().asString()
                .endsWith("lab: anonymous was answered 429; GET of manifests is held off for 90 s");
    }

    @Test
    @DisplayName("U-21: what is cached is served while the upstream refuses: by digest, by tag, and stale")
    void whatIsCachedIsServed() {
        Digest layer = proxy.layer(LAYER);
        proxy.blob(layer);
        Digest digest = tag("latest", INDEX);
        proxy.manifest("latest");
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(429, Headers.of("Retry-After", "3600")));
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.status(429, Headers.of("Retry-After", "3600")));
        int before = proxy.registry().traffic().all().size();

        Got fresh = proxy.manifest("latest");
        later(Duration.ofMinutes(1));
        List<Got> stale = List.of(proxy.manifest("latest"), proxy.manifest("latest"), proxy.manifest("latest"));
        Got byDigest = proxy.manifest(digest.toString());
        Got blob = proxy.blob(layer);

        assertThat(fresh.header("Cache-Status")).startsWith("freshet; hit").doesNotContain("stale");
        assertThat(stale).allSatisfy(got -> {
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.digest()).isEqualTo(digest);
            assertThat(got.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
            assertThat(got.header("Age")).isEqualTo("60");
        });
        assertThat(byDigest.header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(blob.body()).isEqualTo(LAYER);
        assertThat(proxy.registry().traffic().all().subList(before, proxy.registry().traffic().all().size()))
                .extracting(Seen::method).containsExactly("HEAD");
    }

    @Test
    @DisplayName("U-21: past the bound of staleness there is nothing to serve")
    void pastTheBoundThereIsNothingToServe() {
        proxy.set("freshness.stale-if-error", "1h");
        tag("latest", INDEX);
        proxy.manifest("latest");
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(429, Headers.of("Retry-After", "7200")));
        later(Duration.ofHours(1));

        Got within = proxy.manifest("latest");
        later(Duration.ofMinutes(1));
        Got past = proxy.manifest("latest");

        assertThat(within.status()).isEqualTo(200);
        assertThat(past.status()).isEqualTo(429);
        assertThat(past.header("Retry-After")).isEqualTo("7140");
        assertThat(methods()).containsExactly("GET", "HEAD");
    }

    @Test
    void whileGetsAreRefusedTagsAreStillRevalidatedByHead() {
        Digest digest = tag("latest", INDEX);
        proxy.manifest("latest");
        refusing("GET", 429, "3600");
        proxy.manifest("cold");
        later(Duration.ofMinutes(1));

        Got same = proxy.manifest("latest");
        later(Duration.ofMinutes(1));
        tag("latest", MOVED);
        Got moved = proxy.manifest("latest");

        assertThat(same.header("Cache-Status")).contains("revalidated");
        assertThat(moved.digest()).isEqualTo(digest);
        assertThat(moved.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
        assertThat(moved.header("Age")).isEqualTo("60");
        assertThat(methods()).containsExactly("GET", "GET", "HEAD", "HEAD");
    }

    @Test
    void whileHeadsAreRefusedNoManifestIsAskedForAtAll() {
        tag("latest", INDEX);
        tag("cold", INDEX);
        proxy.manifest("latest");
        refusing("HEAD", 429, "3600");
        later(Duration.ofMinutes(1));
        proxy.manifest("latest");

        Got cold = proxy.manifest("cold");

        assertThat(cold.status()).isEqualTo(429);
        assertThat(methods()).containsExactly("GET", "HEAD");
    }

    @Test
    void blobsAndManifestsAreHeldOffByThemselves() {
        tag("latest", INDEX);
        Digest layer = proxy.registry().blob(REPO, LAYER);
        refusing("GET", 429, "3600");
        proxy.manifest("latest");

        Got blob = proxy.blob(layer);

        assertThat(blob.body()).isEqualTo(LAYER);
    }

    @Test
    void aBlobIsHeldOffForAllWhoWantOne() {
        Digest one = proxy.layer(LAYER);
        Digest two = proxy.layer(Bytes.random(Bytes.MIB));
        proxy.registry().when(On.every(Endpoint.BLOB).nth(1), Fault.status(429, Headers.of("Retry-After", "30")));

        List<Got> heldOff = List.of(proxy.blob(one), proxy.blob(two), proxy.blob(one));
        later(Duration.ofSeconds(30));
        Got after = proxy.blob(two);

        assertThat(heldOff).extracting(Got::status).containsOnly(429);
        assertThat(heldOff).extracting(got -> got.header("Retry-After")).containsOnly("30");
        assertThat(after.status()).isEqualTo(200);
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).hasSize(2);
    }

    @Test
    void aTransferThatIsUnderWaySitsAShortHoldOffOut() {
        Digest layer = proxy.layer(LAYER);
        proxy.registry().when(On.storage().nth(1), Fault.cutAt(2 * Bytes.MIB));
        proxy.registry().when(On.every(Endpoint.BLOB).nth(2), Fault.status(429, Headers.of("Retry-After", "30")));

        Got blob = proxy.blob(layer);

        assertThat(blob.body()).isEqualTo(LAYER);
        assertThat(proxy.pace().pauses()).contains(Duration.ofSeconds(30));
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).hasSize(3);
    }

    @Test
    void a503ThatNamesATimeHoldsOffToo() {
        tag("latest", INDEX);
        refusing("GET", 503, "120");

        List<Got> heldOff = List.of(proxy.manifest("latest"), proxy.manifest("latest"));
        proxy.registry().heal();
        later(Duration.ofMinutes(2));
        Got after = proxy.manifest("latest");

        assertThat(heldOff).extracting(Got::status).containsOnly(503);
        assertThat(heldOff).extracting(got -> got.header("Retry-After")).containsOnly("120");
        assertThat(after.status()).isEqualTo(200);
        assertThat(methods()).containsExactly("GET", "GET");
        assertThat(proxy.pace().pauses()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5", "0", "Thu, 01 Jan 2015 00:00:00 GMT"})
    void aRefusalWithoutATimeHoldsOffLongerEachTime(String retryAfter) {
        tag("latest", INDEX);
        proxy.registry().when(On.every(Endpoint.MANIFEST), retryAfter.isEmpty()
                ? Fault.status(429)
                : Fault.status(429, Headers.of("Retry-After", retryAfter)));

        List<Got> refused = List.of(proxy.manifest("latest"), after(7), after(1), after(14), after(1));

        assertThat(refused).extracting(Got::status).containsOnly(429);
        assertThat(refused).extracting(got -> got.header("Retry-After")).containsExactly("8", "1", "15", "1", "30");
        assertThat(methods()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999", "Fri, 01 Jan 9999 00:00:00 GMT"})
    void noTimeIsLongerThanADay(String retryAfter) {
        tag("latest", INDEX);
        refusing("GET", 429, retryAfter);
        Got refused = proxy.manifest("latest");
        proxy.registry().heal();
        later(Duration.ofDays(1));

        Got after = proxy.manifest("latest");

        assertThat(refused.header("Retry-After")).isEqualTo("86400");
        assertThat(after.status()).isEqualTo(200);
    }

    @Test
    @DisplayName("U-21: when the time is over, one call finds out for all")
    void whenTheTimeIsOverOneFindsOutForAll() {
        IntStream.range(0, 50).forEach(i -> tag("t" + i, INDEX));
        refusing("GET", 429, "30");
        proxy.manifest("t0");
        proxy.registry().heal();
        later(Duration.ofSeconds(30));
        Gate gate = new Gate();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.slowHead(gate));

        Future<Got> probe = proxy.client().begin(proxy.url("manifests/t0"));
        gate.awaitArrivals(1);
        List<Got> others = IntStream.range(1, 50).mapToObj(i -> proxy.manifest("t" + i)).toList();
        gate.open();
        Got found = Client.await(probe);
        Got after = proxy.manifest("t1");

        assertThat(others).extracting(Got::status).containsOnly(429);
        assertThat(others).extracting(got -> got.header("Retry-After")).containsOnly("1");
        assertThat(List.of(found, after)).extracting(Got::status).containsOnly(200);
        assertThat(methods()).hasSize(3);
    }

    @Test
    @DisplayName("U-21: one upstream that refuses does not touch another")
    void anotherUpstreamIsNotTouched() {
        try (FakeRegistry second = new FakeRegistry()) {
            proxy.set("upstreams.other.url", second.url());
            Digest there = second.manifest(REPO, TYPE, INDEX);
            second.tag(REPO, "latest", there);
            refusing("GET", 429, "3600");
            proxy.manifest("latest");

            Got other = proxy.client().get(proxy.url("other/" + REPO, "manifests/latest"));

            assertThat(other.digest()).isEqualTo(there);
            assertThat(proxy.metric("freshet_upstream_ratelimit_holdoff_seconds", "upstream=\"lab\"")).isEqualTo(3600);
            assertThat(proxy.metric("freshet_upstream_ratelimit_holdoff_seconds", "upstream=\"other\"")).isZero();
        }
    }

    @Test
    void theBudgetThatTheRegistryTellsIsAMetric() {
        tag("latest", INDEX);
        proxy.registry().when(On.every(Endpoint.MANIFEST), new Fault.WithHeaders(Headers.of("RateLimit-Limit",
                "100;w=21600", "RateLimit-Remaining", "76;w=21600")));

        proxy.manifest("latest");

        assertThat(proxy.metric("freshet_upstream_ratelimit_remaining", "upstream=\"lab\"")).isEqualTo(76);
        assertThat(proxy.metric("freshet_upstream_ratelimit_limit", "upstream=\"lab\"")).isEqualTo(100);
        assertThat(proxy.metric("freshet_upstream_ratelimit_holdoff_seconds", "upstream=\"lab\"")).isZero();
    }

    private Got after(int seconds) {
        later(Duration.ofSeconds(seconds));
        return proxy.manifest("latest");
    }

    private void refusing(String method, int status, String retryAfter) {
        proxy.registry().when(On.every(Endpoint.MANIFEST).method(method),
                Fault.status(status, Headers.of("Retry-After", retryAfter)));
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
