package dev.freshet.proxy.admin;

import dev.freshet.cache.name.Digest;
import dev.freshet.proxy.Version;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Gate;
import dev.freshet.testbed.wire.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code GET /api/v1/status} of a whole proxy. */
class StatusEndpointTest {

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    void itSaysWhichBuildItIsAndHowLongItRuns() {
        Instant start = proxy.clock().instant();
        proxy.start();
        proxy.clock().advance(Duration.ofMinutes(3));

        JsonNode status = status();

        assertThat(status.path("version").asString()).isEqualTo(Version.current());
        assertThat(status.path("startedAt").asString()).isEqualTo(start.toString());
        assertThat(status.path("uptimeSeconds").asLong()).isEqualTo(180);
        assertThat(status.path("readiness").asString()).isEqualTo("ready");
    }

    @Test
    void itSaysWhatTheStoreTakesAndMayTake() {
        proxy.set("cache.max-size", "64MiB");
        long before = status().path("store").path("bytes").asLong();
        proxy.layer(Bytes.random(300_000));
        Digest layer = proxy.layer(Bytes.random(400_000));
        proxy.blob(layer);
        proxy.awaitNoFills();

        JsonNode store = status().path("store");

        assertThat(store.path("writable").asBoolean(false)).isTrue();
        assertThat(store.path("bytes").asLong()).isGreaterThan(before + 400_000);
        assertThat(store.path("limitBytes").asLong()).isEqualTo(64L * Bytes.MIB);
    }

    @Test
    void fillsThatRunAreCounted() {
        byte[] content = Bytes.random(300_000);
        Digest layer = proxy.layer(content);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), Fault.slowHead(gate));
        Future<Got> reader = proxy.client().begin(proxy.url("blobs/" + layer));
        gate.awaitArrivals(1);

        JsonNode fills = status().path("fills");
        gate.open();

        assertThat(Client.await(reader).body()).isEqualTo(content);
        assertThat(fills.path("active").asInt()).isEqualTo(1);
    }

    @Test
    void anUpstreamThatFailsSaysHowAndIsNoReasonNotToBeReady() {
        proxy.manifest("1.0");
        JsonNode good = status().path("upstreams").path(0);
        proxy.registry().stop();
        Got failed = proxy.manifest("2.0");

        JsonNode status = status();

        proxy.registry().start();
        JsonNode bad = status.path("upstreams").path(0);
        assertThat(failed.status()).isEqualTo(502);
        assertThat(good.path("upstream").asString()).isEqualTo("lab");
        assertThat(good.path("state").asString()).isEqualTo("closed");
        assertThat(good.path("lastFailure").isMissingNode()).isTrue();
        assertThat(good.path("lastSuccess").asString()).isEqualTo(proxy.clock().instant().toString());
        assertThat(bad.path("lastFailure").asString()).contains("cannot be connected");
        assertThat(status.path("readiness").asString()).isEqualTo("ready");
        assertThat(proxy.client().get(proxy.admin("/readyz")).status()).isEqualTo(200);
    }

    @Test
    void anUpstreamThatFailsAgainAndAgainSaysWhenItIsAskedAgain() {
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(503));
        for (int i = 0; i < 20; i++) {
            proxy.manifest("v" + i);
        }

        JsonNode upstream = status().path("upstreams").path(0);

        assertThat(upstream.path("state").asString()).isEqualTo("open");
        assertThat(Instant.parse(upstream.path("nextProbe").asString())).isAfter(proxy.clock().instant());
        assertThat(upstream.path("lastFailure").asString()).contains("503");
    }

    @Test
    void whatAnUpstreamSaysOfItsLimitIsThere() {
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.header("ratelimit-limit", "100;w=21600"),
                Fault.header("ratelimit-remaining", "76;w=21600"));
        proxy.layer(Bytes.random(10));

        JsonNode upstream = status().path("upstreams").path(0);

        assertThat(upstream.path("rateLimit").path("remaining").asLong()).isEqualTo(76);
        assertThat(upstream.path("rateLimit").path("limit").asLong()).isEqualTo(100);
        assertThat(upstream.path("heldOffSeconds").isMissingNode()).isTrue();
    }

    @Test
    void howLongAnUpstreamIsLeftAloneIsThere() {
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(429, Headers.of("Retry-After", "120")));
        proxy.manifest("1.0");

        JsonNode upstream = status().path("upstreams").path(0);

        assertThat(upstream.path("heldOffSeconds").asLong()).isBetween(1L, 200L);
    }

    private JsonNode status() {
        return JsonMapper.builder().build().readTree(proxy.client().get(proxy.admin("/api/v1/status")).text());
    }
}
