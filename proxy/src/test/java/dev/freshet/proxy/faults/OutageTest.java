package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.names.TestNames;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.Auth;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.traffic.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Upstreams that fail for long: what is cached is served, no client waits, and the upstream is left alone until it works. */
class OutageTest {

    private static final String TYPE = "application/vnd.oci.image.index.v1+json";
    private static final int TAGS = 5;
    private static final Duration STEP = Duration.ofSeconds(6);
    private static final Duration TTL = Duration.ofMinutes(1);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    /** How an upstream is away. */
    enum Outage {

        PORT_CLOSED {

            @Override
            void begin(FakeRegistry registry) {
                registry.stop();
            }

            @Override
            void end(FakeRegistry registry) {
                registry.start();
            }
        },
        SERVER_ERRORS {

            @Override
            void begin(FakeRegistry registry) {
                storm(registry, 503);
            }

            @Override
            void end(FakeRegistry registry) {
                registry.heal();
            }
        };

        abstract void begin(FakeRegistry registry);

        abstract void end(FakeRegistry registry);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("O-15: an hour without the upstream: what is cached is served, and it is asked once in each interval")
    void anHourWithoutTheUpstream(Outage outage) {
        byte[] content = Bytes.random(100_000);
        Digest layer = proxy.layer(content);
        List<Digest> old = tags("old");
        old.forEach(digest -> assertThat(proxy.manifest(digest.toString()).status()).isEqualTo(200));
        IntStream.range(0, TAGS).forEach(i -> assertThat(proxy.manifest("t" + i).status()).isEqualTo(200));
        assertThat(proxy.blob(layer).body()).isEqualTo(content);

        outage.begin(proxy.registry());
        List<Duration> first = new ArrayList<>();
        List<Duration> probes = new ArrayList<>();
        for (Duration at = Duration.ZERO; at.compareTo(Duration.ofHours(1)) < 0; at = at.plus(STEP)) {
            int tag = (int) (at.dividedBy(STEP) % TAGS);
            List<Duration> calls = isHeldBack() ? probes : first;
            long before = upstreamCalls();
            Got byTag = proxy.manifest("t" + tag);
            Got coldManifest = proxy.manifest("cold-" + at.toSeconds());
            Got coldBlob = proxy.blob(Digest.sha256(Bytes.of("cold" + at)));
            List<Got> byDigest = List.of(proxy.manifest(old.get(tag).toString()), proxy.blob(layer));

            assertThat(byTag.digest()).as("t%d at %s: %s", tag, at, byTag.text()).isEqualTo(old.get(tag));
            if (at.compareTo(TTL) >= 0) {
                assertThat(byTag.header("Cache-Status")).startsWith("freshet; hit; detail=stale");
            }
            assertThat(byDigest).extracting(Got::status).containsOnly(200);
            assertThat(List.of(coldManifest, coldBlob)).allSatisfy(cold -> {
                assertThat(cold.status()).isIn(502, 503);
                assertThat(Long.parseLong(cold.header("Retry-After"))).isBetween(1L, 31L);
            });
            for (long more = upstreamCalls() - before; more > 0; more--) {
                calls.add(Duration.ofNanos(proxy.pace().nanoTime()));
            }
            pass(STEP);
        }
        assertThat(first).hasSizeBetween(5, 20);
        assertProbesKeepTheirIntervals(probes);

        outage.end(proxy.registry());
        List<Digest> moved = tags("new");
        proxy.registry().tag(REPO, "cold-late", moved.getFirst());
        Duration recovered = Duration.ZERO;
        while (!IntStream.range(0, TAGS).allMatch(i -> proxy.manifest("t" + i).digest().equals(moved.get(i)))) {
            assertThat(recovered).isLessThan(TTL);
            pass(STEP);
            recovered = recovered.plus(STEP);
        }
        assertThat(proxy.manifest("cold-late").status()).isEqualTo(200);
        assertThat(isHeldBack()).isFalse();
    }

    /** Each gap is as long as the interval, which doubles up to 22.5 s with this chance. */
    private static void assertProbesKeepTheirIntervals(List<Duration> probes) {
        for (int i = 1; i < probes.size(); i++) {
            long interval = Math.min(22_500, 750L << Math.min(i, 10));
            assertThat(probes.get(i).minus(probes.get(i - 1)))
                    .as("between the probes %d and %d", i - 1, i).isGreaterThanOrEqualTo(Duration.ofMillis(interval));
        }
        assertThat(probes).hasSizeBetween(100, 166);
    }

    @Test
    @DisplayName("O-15: a proxy that is started without a network serves what it has, and recovers by itself")
    void aStartWithoutANetwork() {
        List<Digest> known = tags("old");
        proxy.manifest("t0");
        pass(Duration.ofHours(1));
        proxy.stop();
        proxy.registry().stop();

        Got stale = proxy.manifest("t0");
        List<Got> cold = IntStream.range(0, 10).mapToObj(i -> proxy.manifest("t1")).toList();
        proxy.registry().start();
        pass(Duration.ofSeconds(30));
        Got fresh = proxy.manifest("t0");
        Got fetched = proxy.manifest("t1");

        assertThat(stale.digest()).isEqualTo(known.get(0));
        assertThat(stale.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
        assertThat(cold).extracting(Got::status).containsOnly(502);
        assertThat(fresh.header("Cache-Status")).isEqualTo("freshet; fwd=stale; detail=revalidated");
        assertThat(fetched.digest()).isEqualTo(known.get(1));
    }

    @Test
    @DisplayName("U-19: server errors on a cached tag: it is served and marked within the bound, and 503 outside of it")
    void serverErrorsOnACachedTag() {
        proxy.set("freshness.stale-if-error", "2h");
        Digest digest = tags("old").getFirst();
        proxy.manifest("t0");
        storm(proxy.registry(), 500);

        pass(Duration.ofHours(2));
        List<Got> within = IntStream.range(0, 20).mapToObj(i -> proxy.manifest("t0")).toList();
        pass(TTL);
        List<Got> outside = IntStream.range(0, 20).mapToObj(i -> proxy.manifest("t0")).toList();

        assertThat(within).allSatisfy(got -> {
            assertThat(got.digest()).isEqualTo(digest);
            assertThat(got.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
            assertThat(got.header("Age")).isEqualTo("7200");
        });
        assertThat(outside).allSatisfy(got -> {
            assertThat(got.status()).isEqualTo(503);
            assertThat(Long.parseLong(got.header("Retry-After"))).isPositive();
        });
    }

    @Test
    @DisplayName("U-20: a storm of server errors: few repetitions, then none at all, and it recovers by itself")
    void aStormOfServerErrors() {
        tags("old");
        storm(proxy.registry(), 502);

        List<Future<Got>> begun = IntStream.range(0, 200)
                .mapToObj(i -> proxy.client().begin(proxy.url("manifests/cold-" + i))).toList();
        List<Got> storm = begun.stream().map(Client::await).toList();
        long calls = upstreamCalls();
        List<Got> later = IntStream.range(0, 50).mapToObj(i -> proxy.manifest("later-" + i)).toList();

        assertThat(calls).isLessThanOrEqualTo(200 + 20 + 40);
        assertThat(upstreamCalls() - calls).isLessThanOrEqualTo(1);
        assertThat(Stream.concat(storm.stream(), later.stream())).allSatisfy(got -> {
            assertThat(got.status()).isEqualTo(503);
            assertThat(got.header("Retry-After")).isNotEmpty();
        });
        assertThat(later.getLast().text()).contains("it was not asked").contains("answered 502");
        proxy.registry().heal();
        pass(Duration.ofSeconds(30));
        assertThat(proxy.manifest("t0").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("U-20: one broken manifest does not keep others from being asked for")
    void oneBrokenManifestIsNoOutage() {
        tags("old");
        proxy.registry().when(On.every(Endpoint.MANIFEST).where(request -> request.path().endsWith("/t0")),
                Fault.status(500));

        for (int i = 1; i < TAGS; i++) {
            assertThat(proxy.manifest("t0").status()).isEqualTo(503);
            assertThat(proxy.manifest("t" + i).status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("U-20: a token server that fails is left alone likewise, and the registry is not held to fail")
    void aTokenServerThatFails() {
        proxy.registry().reconfigure(settings -> settings.auth(new Auth.Bearer(Duration.ofMinutes(5))));
        List<Digest> known = tags("old");
        proxy.manifest("t0");
        pass(Duration.ofHours(1));
        proxy.registry().when(On.every(Endpoint.TOKEN), Fault.status(503));
        int before = tokenCalls();

        List<Got> stale = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            stale.add(proxy.manifest("t0"));
            pass(Duration.ofSeconds(1));
        }
        Got cold = proxy.manifest("t1");
        int after = tokenCalls();
        proxy.registry().heal();
        pass(Duration.ofSeconds(30));

        assertThat(stale).extracting(Got::digest).containsOnly(known.get(0));
        assertThat(cold.status()).isEqualTo(503);
        assertThat(cold.text()).contains("GET of a token");
        assertThat(after - before).isBetween(8, 40);
        assertThat(proxy.manifest("t1").digest()).isEqualTo(known.get(1));
        assertThat(isHeldBack()).isFalse();
    }

    @Test
    @DisplayName("U-23: when its name does not resolve, what is cached is served, and what is cold fails at once; then it heals")
    void aNameThatDoesNotResolve() {
        String name = TestNames.of("outage");
        proxy.set("upstreams.lab.url", proxy.registry().url().replace("127.0.0.1", name));
        byte[] content = Bytes.random(10_000);
        Digest layer = proxy.layer(content);
        List<Digest> known = tags("old");
        proxy.manifest("t0");
        proxy.blob(layer);
        TestNames.breaks(name);
        proxy.registry().stop();
        pass(TTL);

        List<Got> stale = IntStream.range(0, 10).mapToObj(i -> proxy.manifest("t0")).toList();
        int lookups = TestNames.lookups(name);
        Got blob = proxy.blob(layer);
        List<Got> cold = IntStream.range(0, 10).mapToObj(i -> proxy.manifest("t1")).toList();
        int more = TestNames.lookups(name) - lookups;
        proxy.registry().start();
        TestNames.heals(name);
        pass(Duration.ofSeconds(30));

        assertThat(stale).extracting(Got::digest).containsOnly(known.get(0));
        assertThat(stale).extracting(got -> got.header("Cache-Status")).containsOnly("freshet; hit; detail=stale");
        assertThat(blob.body()).isEqualTo(content);
        assertThat(cold).extracting(Got::status).containsOnly(502);
        assertThat(cold.getLast().text()).contains("its name does not resolve");
        assertThat(more).isLessThanOrEqualTo(1);
        assertThat(proxy.manifest("t0").header("Cache-Status")).contains("revalidated");
        assertThat(proxy.manifest("t1").digest()).isEqualTo(known.get(1));
    }

    private static void storm(FakeRegistry registry, int status) {
        Stream.of(Endpoint.MANIFEST, Endpoint.BLOB).forEach(of -> registry.when(On.every(of), Fault.status(status)));
    }

    /** Lets t0 and its likes mean manifests of their own, under the same names each time. */
    private List<Digest> tags(String mark) {
        return IntStream.range(0, TAGS).mapToObj(i -> {
            Digest digest = proxy.registry().manifest(REPO, TYPE,
                    Bytes.of("{\"manifests\":[],\"annotations\":{\"%s\":\"%d\"}}".formatted(mark, i)));
            proxy.registry().tag(REPO, "t" + i, digest);
            return digest;
        }).toList();
    }

    private long upstreamCalls() {
        return proxy.metric("freshet_upstream_requests_total", "upstream=\"lab\"");
    }

    private int tokenCalls() {
        return proxy.registry().traffic().of(Endpoint.TOKEN).size();
    }

    private boolean isHeldBack() {
        return proxy.metric("freshet_upstream_held_back", "upstream=\"lab\"") == 1;
    }

    private void pass(Duration time) {
        proxy.clock().advance(time);
        proxy.pace().advance(time);
    }
}
