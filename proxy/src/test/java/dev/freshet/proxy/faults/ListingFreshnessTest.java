package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Gate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** How long a list is believed, what is said of its age, and what becomes of it while its registry is away. */
class ListingFreshnessTest {

    private static final String TYPE = "application/vnd.oci.image.index.v1+json";
    private static final byte[] EMPTY = Bytes.of("{\"manifests\":[]}");
    private static final Digest SUBJECT = Digest.sha256(EMPTY);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    /** What is listed. */
    enum Kind {

        TAGS("tags/list", Endpoint.TAGS),
        REFERRERS("referrers/" + SUBJECT, Endpoint.REFERRERS);

        private final String path;
        private final Endpoint endpoint;

        Kind(String path, Endpoint endpoint) {
            this.path = path;
            this.endpoint = endpoint;
        }
    }

    @ParameterizedTest(name = "{0}: confirmed {1} ago, {2}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            TAGS      | PT0S        | as before | 200 | freshet; hit                           | 0
            TAGS      | PT59.999S   | moved     | 200 | freshet; hit                           | 59
            TAGS      | PT1M        | as before | 200 | freshet; fwd=stale; detail=revalidated |
            TAGS      | PT1M        | moved     | 200 | freshet; fwd=uri-miss; stored          |
            TAGS      | PT1M        | down      | 200 | freshet; hit; detail=stale             | 60
            TAGS      | PT1M        | 503       | 200 | freshet; hit; detail=stale             | 60
            TAGS      | PT1M        | 429       | 200 | freshet; hit; detail=stale             | 60
            TAGS      | PT1M        | html      | 200 | freshet; hit; detail=stale             | 60
            TAGS      | PT1M        | 401       | 403 | freshet; fwd=uri-miss                  |
            TAGS      | PT1M        | 403       | 403 | freshet; fwd=uri-miss                  |
            TAGS      | PT1M        | 404       | 404 | freshet; fwd=uri-miss                  |
            TAGS      | PT720H59S   | down      | 200 | freshet; hit; detail=stale             | 2592059
            TAGS      | PT720H1M    | down      | 502 | freshet; fwd=uri-miss                  |
            REFERRERS | PT59.999S   | moved     | 200 | freshet; hit                           | 59
            REFERRERS | PT1M        | as before | 200 | freshet; fwd=stale; detail=revalidated |
            REFERRERS | PT1M        | moved     | 200 | freshet; fwd=uri-miss; stored          |
            REFERRERS | PT1M        | down      | 200 | freshet; hit; detail=stale             | 60
            REFERRERS | PT1M        | 429       | 200 | freshet; hit; detail=stale             | 60
            REFERRERS | PT1M        | html      | 200 | freshet; hit; detail=stale             | 60
            REFERRERS | PT1M        | 403       | 403 | freshet; fwd=uri-miss                  |
            REFERRERS | PT1M        | 404       | 404 | freshet; fwd=uri-miss                  |
            REFERRERS | PT720H59S   | 503       | 200 | freshet; hit; detail=stale             | 2592059
            REFERRERS | PT720H1M    | 503       | 503 | freshet; fwd=uri-miss                  |
            """)
    void aListIsServedByItsAge(Kind kind, Duration age, String upstream, int status, String cacheStatus, String told) {
        put("a");
        Got first = list(kind);
        proxy.clock().advance(age);
        becomes(kind, upstream);

        Got got = list(kind);

        assertThat(first.status()).isEqualTo(200);
        assertThat(got.status()).as("%s", got).isEqualTo(status);
        assertThat(got.header("Cache-Status")).isEqualTo(cacheStatus);
        assertThat(got.header("Age")).isEqualTo(told == null ? "" : told);
        if (status == 200) {
            boolean sees = cacheStatus.contains("uri-miss");
            assertThat(got.text()).contains(sees ? List.of(mark("a"), mark("b")) : List.of(mark("a")));
            assertThat(got.text().contains(mark("b"))).isEqualTo(sees);
        }
    }

    private void becomes(Kind kind, String upstream) {
        switch (upstream) {
            case "as before" -> {
            }
            case "moved" -> put("b");
            case "down" -> proxy.registry().stop();
            case "html" -> proxy.registry().when(On.every(kind.endpoint), Fault.loginPage());
            default -> proxy.registry().when(On.every(kind.endpoint), Fault.status(Integer.parseInt(upstream)));
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aListOutlivesARestartWithoutANetwork(Kind kind) {
        put("a");
        String before = list(kind).text();
        proxy.stop();
        proxy.clock().advance(Duration.ofHours(1));
        proxy.registry().stop();

        Got got = list(kind);

        assertThat(got.text()).isEqualTo(before).contains(mark("a"));
        assertThat(got.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
        assertThat(got.header("Age")).isEqualTo("3600");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatARegistryNoLongerHasIsNotServedWhenItGoesAway(Kind kind) {
        put("a");
        list(kind);
        proxy.clock().advance(Duration.ofMinutes(1));
        proxy.registry().when(On.every(kind.endpoint), Fault.status(404));

        Got gone = list(kind);
        Got again = list(kind);
        proxy.pace().advance(Duration.ofSeconds(10));
        proxy.registry().stop();
        Got down = list(kind);

        assertThat(List.of(gone, again)).extracting(Got::status).containsOnly(404);
        assertThat(again.header("Cache-Status")).isEqualTo("freshet; hit; detail=negative");
        assertThat(down.status()).isEqualTo(404);
        assertThat(down.header("Cache-Status")).isEqualTo("freshet; hit; detail=negative+stale");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void manyClientsAtOnceAreOneRequest(Kind kind) {
        put("a");
        Gate gate = new Gate();
        proxy.registry().when(On.every(kind.endpoint), Fault.slowHead(gate));

        List<Future<Got>> begun = IntStream.range(0, 100).mapToObj(i -> proxy.client().begin(proxy.url(kind.path)))
                .toList();
        gate.awaitArrivals(1);
        gate.open();

        List<Got> all = begun.stream().map(Client::await).toList();
        assertThat(all).extracting(Got::status).containsOnly(200);
        assertThat(all).extracting(Got::text).allMatch(text -> text.contains(mark("a")));
        assertThat(all).extracting(got -> got.header("Cache-Status")).contains("freshet; fwd=uri-miss; stored");
        assertThat(proxy.registry().traffic().of(kind.endpoint)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aListIsNoBlobOfItsRepository(Kind kind) {
        put("a");
        Got list = list(kind);

        List<Digest> digests = List.of(list.digest(), Digest.sha256(Bytes.of("tag-a")));

        assertThat(digests).allSatisfy(digest -> {
            assertThat(proxy.blob(digest).status()).isEqualTo(404);
            assertThat(proxy.manifest(digest.toString()).status()).isEqualTo(404);
        });
    }

    /** Adds a tag and a referrer of this name. */
    private void put(String name) {
        proxy.registry().tag(REPO, "tag-" + name, proxy.registry().manifest(REPO, TYPE, EMPTY));
        proxy.registry().referrer(REPO, SUBJECT, "{\"mediaType\":\"x/y\",\"digest\":\"" + SUBJECT
                + "\",\"size\":1,\"artifactType\":\"tag-" + name + "\"}");
    }

    private static String mark(String name) {
        return "\"tag-" + name + "\"";
    }

    private Got list(Kind kind) {
        return proxy.client().get(proxy.url(kind.path));
    }
}
