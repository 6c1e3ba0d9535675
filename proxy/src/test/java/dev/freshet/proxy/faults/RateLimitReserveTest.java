package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Headers;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** An upstream of whose limit, as it tells it, little is left. */
class RateLimitReserveTest {

    private static final String TYPE = "application/vnd.oci.image.index.v1+json";
    private static final byte[] INDEX = Bytes.of("{\"manifests\":[]}");
    private static final String SPARED = "freshet; hit; detail=stale+spared";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @ParameterizedTest
    @ValueSource(strings = {"100;w=21600", "11;w=21600", "10;w=21600", "0;w=x", "-1;w=21600", "none"})
    void aHealthyBudgetAndWhatIsNoneChangeNothing(String remaining) {
        tag("latest");
        telling("100;w=21600", remaining);
        proxy.manifest("latest");
        later(Duration.ofMinutes(1));

        Got revalidated = proxy.manifest("latest");

        assertThat(revalidated.header("Cache-Status")).startsWith("freshet; fwd=stale; detail=revalidated");
        assertThat(methods()).containsExactly("GET", "HEAD");
    }

    @Test
    void belowTheReserveATagIsServedLongerAndSaysSo() {
        Digest digest = tag("latest");
        telling("100;w=21600", "5;w=21600");
        proxy.manifest("latest");

        later(Duration.ofSeconds(59));
        Got fresh = proxy.manifest("latest");
        later(Duration.ofSeconds(1));
        Got spared = proxy.manifest("latest");
        Got head = proxy.client().head(proxy.url("manifests/latest"));
        Got notModified = proxy.manifest("latest", "If-None-Match", "\"" + digest + "\"");
        later(Duration.ofHours(3).minusSeconds(1));
        Got last = proxy.manifest("latest");
        later(Duration.ofSeconds(1));
        Got revalidated = proxy.manifest("latest");

        assertThat(fresh.header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(List.of(spared, head, notModified)).allSatisfy(got -> {
            assertThat(got.header("Cache-Status")).isEqualTo(SPARED);
            assertThat(got.header("Age")).isEqualTo("60");
        });
        assertThat(spared.digest()).isEqualTo(digest);
        assertThat(notModified.status()).isEqualTo(304);
        assertThat(last.header("Cache-Status")).isEqualTo(SPARED);
        assertThat(last.header("Age")).isEqualTo("10859");
        assertThat(revalidated.header("Cache-Status")).startsWith("freshet; fwd=stale; detail=revalidated");
        assertThat(methods()).containsExactly("GET", "HEAD");
        assertThat(proxy.metric("freshet_requests_total", "outcome=\"spared\"")).isEqualTo(4);
    }

    @Test
    void whenTheWindowIsOverTheReadingCountsNoLonger() {
        tag("latest");
        telling("100;w=600", "0;w=600");
        proxy.manifest("latest");

        later(Duration.ofSeconds(599));
        Got spared = proxy.manifest("latest");
        later(Duration.ofSeconds(1));
        Got revalidated = proxy.manifest("latest");

        assertThat(spared.header("Cache-Status")).isEqualTo(SPARED);
        assertThat(revalidated.header("Cache-Status")).contains("revalidated");
        assertThat(methods()).containsExactly("GET", "HEAD");
    }

    @Test
    void theBoundOfStalenessHolds() {
        proxy.set("freshness.stale-if-error", "5m");
        tag("latest");
        telling("100;w=21600", "0;w=21600");
        proxy.manifest("latest");

        later(Duration.ofSeconds(359));
        Got spared = proxy.manifest("latest");
        later(Duration.ofSeconds(1));
        Got revalidated = proxy.manifest("latest");

        assertThat(spared.header("Cache-Status")).isEqualTo(SPARED);
        assertThat(revalidated.header("Cache-Status")).contains("revalidated");
    }

    @ParameterizedTest(name = "reserve {0}, {1} of 100 left: {2}")
    @CsvSource({"0%, 0, 2", "100%, 99, 1", "100%, 100, 2", "50%, 49, 1"})
    void theReserveIsAnOption(String reserve, String remaining, int calls) {
        proxy.set("freshness.ratelimit-reserve", reserve);
        tag("latest");
        telling("100;w=21600", remaining + ";w=21600");
        proxy.manifest("latest");
        later(Duration.ofSeconds(61));

        proxy.manifest("latest");

        assertThat(methods()).hasSize(calls);
    }

    @Test
    void anExhaustedBudgetCausesOneCallAndNoOther() {
        IntStream.range(0, 10).forEach(i -> tag("t" + i));
        telling("100;w=21600", "0;w=21600");
        proxy.manifest("t0");
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("GET"),
                Fault.status(429, Headers.of("Retry-After", "21600")));

        for (int hour = 0; hour < 5; hour++) {
            later(Duration.ofHours(1));
            assertThat(proxy.manifest("t0").header("Cache-Status")).isEqualTo(SPARED);
            for (int i = 1; i < 10; i++) {
                assertThat(proxy.manifest("t" + i).status()).isEqualTo(429);
            }
        }

        assertThat(methods()).containsExactly("GET", "GET");
    }

    @Test
    void theBudgetOfOneUpstreamDoesNotTouchAnother() {
        try (FakeRegistry second = new FakeRegistry()) {
            proxy.set("upstreams.other.url", second.url());
            second.tag(REPO, "latest", second.manifest(REPO, TYPE, INDEX));
            tag("latest");
            telling("100;w=21600", "0;w=21600");
            String other = proxy.url("other/" + REPO, "manifests/latest");
            proxy.manifest("latest");
            proxy.client().get(other);
            later(Duration.ofMinutes(1));

            Got here = proxy.manifest("latest");
            Got there = proxy.client().get(other);

            assertThat(here.header("Cache-Status")).isEqualTo(SPARED);
            assertThat(there.header("Cache-Status")).contains("revalidated");
        }
    }

    private void telling(String limit, String remaining) {
        proxy.registry().when(On.every(Endpoint.MANIFEST),
                new Fault.WithHeaders(Headers.of("ratelimit-limit", limit, "ratelimit-remaining", remaining)));
    }

    private void later(Duration duration) {
        proxy.clock().advance(duration);
        proxy.pace().advance(duration);
    }

    private List<String> methods() {
        return proxy.registry().traffic().of(Endpoint.MANIFEST).stream().map(Seen::method).toList();
    }

    private Digest tag(String tag) {
        Digest digest = proxy.registry().manifest(REPO, TYPE, INDEX);
        proxy.registry().tag(REPO, tag, digest);
        return digest;
    }
}
