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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** How long a tag is believed, and what is said of its age. */
class TagFreshnessTest {

    private static final String TYPE = "application/vnd.oci.image.index.v1+json";
    private static final byte[] OLD = Bytes.of("{\"manifests\":[]}");
    private static final byte[] NEW = Bytes.of("{\"manifests\":[],\"annotations\":{}}");

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    void aThousandClientsOfATagWhoseTtlHasPassedAreOneHead() {
        Digest digest = tag("latest", OLD);
        proxy.manifest("latest");
        proxy.clock().advance(Duration.ofMinutes(1));
        Gate gate = new Gate();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.slowHead(gate));

        List<Future<Got>> begun = IntStream.range(0, 1_000)
                .mapToObj(i -> proxy.client().begin(proxy.url("manifests/latest"))).toList();
        gate.awaitArrivals(1);
        gate.open();

        assertThat(begun).extracting(Client::await).extracting(Got::digest).containsOnly(digest);
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).extracting(Seen::method)
                .containsExactly("GET", "HEAD");
    }

    @Test
    void theAgeIsToldOfWhatWasServedWithoutAsking() {
        Digest digest = tag("latest", OLD);
        Got fetched = proxy.manifest("latest");
        proxy.clock().advance(Duration.ofMillis(42_999));

        Got hit = proxy.manifest("latest");
        Got head = proxy.client().head(proxy.url("manifests/latest"));
        Got notModified = proxy.manifest("latest", "If-None-Match", "\"" + digest + "\"");
        Got byDigest = proxy.manifest(digest.toString());

        assertThat(List.of(hit, head, notModified)).extracting(got -> got.header("Age")).containsOnly("42");
        assertThat(notModified.status()).isEqualTo(304);
        assertThat(fetched.header("Age")).isEmpty();
        assertThat(byDigest.header("Age")).isEmpty();
    }

    @Test
    void theAgeBeginsAnewWithEachConfirmation() {
        tag("latest", OLD);
        proxy.manifest("latest");
        proxy.clock().advance(Duration.ofMinutes(1));

        Got revalidated = proxy.manifest("latest");
        proxy.clock().advance(Duration.ofSeconds(7));
        Got hit = proxy.manifest("latest");

        assertThat(revalidated.header("Cache-Status")).startsWith("freshet; fwd=stale; detail=revalidated");
        assertThat(revalidated.header("Age")).isEmpty();
        assertThat(hit.header("Age")).isEqualTo("7");
    }

    static Stream<Fault> refreshesThatFail() {
        return Stream.of(Fault.status(500), Fault.status(503), Fault.status(429), Fault.status(302),
                Fault.loginPage());
    }

    @ParameterizedTest
    @MethodSource("refreshesThatFail")
    @DisplayName("C-18: when the refresh of a tag fails, the old value is served and kept")
    void theOldValueIsKept(Fault fault) {
        Digest digest = tag("latest", OLD);
        proxy.manifest("latest");
        proxy.clock().advance(Duration.ofHours(1));
        Digest moved = tag("latest", NEW);
        proxy.registry().when(On.every(Endpoint.MANIFEST), fault);

        List<Got> failing = List.of(proxy.manifest("latest"), proxy.manifest("latest"));
        proxy.stop();
        Got restarted = proxy.manifest("latest");
        proxy.registry().heal();
        proxy.pace().advance(Duration.ofSeconds(10));
        Got healed = proxy.manifest("latest");

        assertThat(Stream.concat(failing.stream(), Stream.of(restarted))).allSatisfy(got -> {
            assertThat(got.digest()).isEqualTo(digest);
            assertThat(got.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
            assertThat(got.header("Age")).isEqualTo("3600");
        });
        assertThat(healed.digest()).isEqualTo(moved);
    }

    @Test
    @DisplayName("C-18: when the upstream is gone, the old value is served and kept")
    void theOldValueIsKeptWithoutAnUpstream() {
        Digest digest = tag("latest", OLD);
        proxy.manifest("latest");
        proxy.clock().advance(Duration.ofHours(1));
        proxy.registry().stop();

        Got down = proxy.manifest("latest");
        proxy.registry().start();
        Got up = proxy.manifest("latest");

        assertThat(List.of(down, up)).extracting(Got::digest).containsOnly(digest);
        assertThat(down.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
        assertThat(up.header("Cache-Status")).isEqualTo("freshet; fwd=stale; detail=revalidated");
    }

    @Test
    void anImmutableTagIsNeverAskedForAgain() {
        proxy.set("freshness.immutable-tags", "['v[0-9.]+']").set("freshness.tag-ttl", "0s")
                .set("freshness.link-ttl", "3650d");
        Digest first = tag("v1.0", OLD);
        tag("v1.0-rc1", OLD);
        proxy.manifest("v1.0");
        proxy.manifest("v1.0-rc1");
        tag("v1.0", NEW);
        Digest moved = tag("v1.0-rc1", NEW);
        proxy.clock().advance(Duration.ofDays(400));

        Got immutable = proxy.manifest("v1.0");
        Got other = proxy.manifest("v1.0-rc1");

        assertThat(immutable.digest()).isEqualTo(first);
        assertThat(immutable.header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(immutable.header("Age")).isEqualTo(Long.toString(Duration.ofDays(400).toSeconds()));
        assertThat(other.digest()).isEqualTo(moved);
    }

    @Test
    @DisplayName("N-14: one repository and tag of two upstreams are never mixed")
    void twoUpstreamsAreNeverMixed() {
        try (FakeRegistry second = new FakeRegistry()) {
            proxy.set("upstreams.other.url", second.url());
            Digest here = tag("latest", OLD);
            String at = "other/" + REPO;
            Got none = proxy.client().get(proxy.url(at, "manifests/latest"));
            proxy.manifest("latest");
            Got stillNone = proxy.client().get(proxy.url(at, "manifests/latest"));
            Digest there = second.manifest(REPO, TYPE, NEW);
            second.tag(REPO, "latest", there);
            proxy.pace().advance(Duration.ofSeconds(10));

            assertThat(List.of(none, stillNone)).extracting(Got::status).containsOnly(404);
            for (Duration later : List.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofMinutes(1))) {
                proxy.clock().advance(later);
                assertThat(proxy.manifest("latest").digest()).isEqualTo(here);
                assertThat(proxy.client().get(proxy.url("lab/" + REPO, "manifests/latest")).digest()).isEqualTo(here);
                assertThat(proxy.client().get(proxy.url(at, "manifests/latest")).digest()).isEqualTo(there);
            }
            assertThat(proxy.client().get(proxy.url(at, "manifests/" + here)).status()).isEqualTo(404);
            assertThat(proxy.manifest(there.toString()).status()).isEqualTo(404);
        }
    }

    private Digest tag(String tag, byte[] body) {
        Digest digest = proxy.registry().manifest(REPO, TYPE, body);
        proxy.registry().tag(REPO, tag, digest);
        return digest;
    }
}
