package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** What clients take, and what they get of a tag that means one thing to some and another to others. */
class AcceptedTypesTest {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    private static final String OCI = "application/vnd.oci.image.manifest.v1+json";
    private static final String DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
    private static final byte[] OF_ALL = Bytes.of("{\"schemaVersion\":2,\"manifests\":[]}");
    private static final byte[] OF_ONE = Bytes.of("{\"schemaVersion\":2,\"layers\":[]}");
    private static final byte[] OF_ONE_LATER = Bytes.of("{\"schemaVersion\":2,\"layers\":[],\"annotations\":{}}");

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    void aTagHasOneEntryHoweverItsClientsOrderWhatTheyTake() {
        Digest index = tag(INDEX, OF_ALL);
        List<String> types = new ArrayList<>(List.of(INDEX, LIST, OCI, DOCKER, "application/json"));
        Random random = new Random(1);

        for (int i = 0; i < 20; i++) {
            Collections.shuffle(types, random);
            String[] lines = types.stream().flatMap(type -> Stream.of("Accept", type)).toArray(String[]::new);
            assertThat(proxy.manifest("latest", lines).digest()).isEqualTo(index);
            assertThat(proxy.manifest("latest", "Accept", String.join(", ", types)).digest()).isEqualTo(index);
        }

        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).hasSize(1);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"", "*/*", INDEX, "text/html, */*;q=0.1", "application/*",
            DOCKER + ", " + INDEX + ";q=0.001",
            "nonsense"})
    void whoTakesWhatIsStoredGetsThat(String accept) {
        Digest index = tag(INDEX, OF_ALL);
        alternative(OF_ONE);

        Got got = accept.isEmpty() ? proxy.manifest("latest") : proxy.manifest("latest", "Accept", accept);

        assertThat(got.digest()).isEqualTo(index);
        assertThat(got.header("Content-Type")).isEqualTo(INDEX);
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).hasSize(1);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {DOCKER, DOCKER + ", application/json", "application/*," + INDEX + ";q=0",
            "*/*, " + INDEX + ";q=0.0"})
    void whoDoesNotGetsWhatTheRegistryGivesForThat(String accept) {
        Digest index = tag(INDEX, OF_ALL);
        Digest docker = alternative(OF_ONE);

        Got first = proxy.manifest("latest", "Accept", accept);
        Got head = proxy.client().head(proxy.url("manifests/latest"), "Accept", accept);
        Got second = proxy.manifest("latest", "Accept", accept);
        Got other = proxy.manifest("latest", "Accept", INDEX);

        boolean registryTakesIt = accept.contains("*");
        Digest expected = registryTakesIt ? index : docker;
        assertThat(List.of(first, second)).extracting(Got::digest).containsOnly(expected);
        assertThat(head.header("Docker-Content-Digest")).isEqualTo(expected.toString());
        assertThat(second.header("Cache-Status")).startsWith("freshet; hit");
        assertThat(other.digest()).isEqualTo(index);
        assertThat(other.header("Cache-Status")).startsWith("freshet; hit");
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).hasSize(2);
    }

    @Test
    void neitherShadowsTheOtherWhicheverIsAskedForFirst() {
        Digest index = tag(INDEX, OF_ALL);
        Digest docker = alternative(OF_ONE);

        for (Duration later : List.of(Duration.ZERO, Duration.ofSeconds(1), Duration.ofMinutes(1),
                Duration.ofHours(1))) {
            proxy.clock().advance(later);
            assertThat(proxy.manifest("latest", "Accept", DOCKER).digest()).isEqualTo(docker);
            assertThat(proxy.manifest("latest").digest()).isEqualTo(index);
            assertThat(proxy.manifest("latest", "Accept", DOCKER).header("Content-Type")).isEqualTo(DOCKER);
            assertThat(proxy.manifest("latest", "Accept", INDEX).header("Content-Type")).isEqualTo(INDEX);
        }
    }

    @ParameterizedTest(name = "confirmed {0} ago, {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            PT59S    | moved     | before | freshet; hit                                         | 59
            PT1M     | as before | before | freshet; fwd=stale; detail=revalidated               |
            PT1M     | moved     | after  | freshet; fwd=uri-miss; stored                        |
            PT1M     | down      | before | freshet; hit; detail=stale                           | 60
            PT1M     | 500       | before | freshet; hit; detail=stale                           | 60
            PT1M     | gone      | 404    | freshet; fwd=uri-miss                                |
            PT721H   | down      | 502    | freshet; fwd=uri-miss                                |
            """)
    void aVariantIsServedByItsAge(Duration age, String upstream, String expected, String cacheStatus, String told) {
        tag(INDEX, OF_ALL);
        Digest before = alternative(OF_ONE);
        proxy.manifest("latest", "Accept", DOCKER);
        proxy.clock().advance(age);
        Digest after = Digest.sha256(OF_ONE_LATER);
        switch (upstream) {
            case "moved" -> alternative(OF_ONE_LATER);
            case "down" -> proxy.registry().stop();
            case "500" -> proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(500));
            case "gone" -> proxy.registry().tag(REPO, "latest", before);
            default -> {
            }
        }
        if (upstream.equals("gone")) {
            proxy.registry().when(
                    On.every(Endpoint.MANIFEST).where(r -> r.headers().all("Accept").equals(List.of(DOCKER))),
                    Fault.status(404));
            proxy.registry().tag(REPO, "latest", Digest.sha256(OF_ALL));
        }

        Got got = proxy.manifest("latest", "Accept", DOCKER);

        switch (expected) {
            case "before" -> assertThat(got.digest()).isEqualTo(before);
            case "after" -> assertThat(got.digest()).isEqualTo(after);
            default -> assertThat(got.status()).isEqualTo(Integer.parseInt(expected));
        }
        if (!expected.equals("404") && !expected.equals("502")) {
            assertThat(got.header("Cache-Status").replace("+partly-stored", "").replace("; detail=partly-stored", ""))
                    .isEqualTo(cacheStatus);
        }
        assertThat(got.header("Age")).isEqualTo(told == null ? "" : told);
    }

    @Test
    void aVariantOutlivesARestartWithoutANetwork() {
        Digest index = tag(INDEX, OF_ALL);
        Digest docker = alternative(OF_ONE);
        proxy.manifest("latest", "Accept", DOCKER);
        proxy.stop();
        proxy.clock().advance(Duration.ofHours(1));
        proxy.registry().stop();

        Got variant = proxy.manifest("latest", "Accept", DOCKER);
        Got usual = proxy.manifest("latest");

        assertThat(variant.digest()).isEqualTo(docker);
        assertThat(usual.digest()).isEqualTo(index);
        assertThat(List.of(variant, usual)).extracting(got -> got.header("Cache-Status"))
                .allMatch(status -> status.startsWith("freshet; hit; detail=stale"));
    }

    @Test
    void thatThereIsNoVariantIsRememberedOfThatOneOnly() {
        Digest index = tag(INDEX, OF_ALL);
        alternative(OF_ONE);

        List<Got> none = List.of(proxy.manifest("latest", "Accept", LIST), proxy.manifest("latest", "Accept", LIST));
        Got variant = proxy.manifest("latest", "Accept", DOCKER);
        Got usual = proxy.manifest("latest");

        assertThat(none).extracting(Got::status).containsOnly(404);
        assertThat(none.getLast().header("Cache-Status")).isEqualTo("freshet; hit; detail=negative");
        assertThat(variant.header("Content-Type")).isEqualTo(DOCKER);
        assertThat(usual.digest()).isEqualTo(index);
    }

    @Test
    void manyKindsOfClientsAreServedAndTheTagStays() {
        Digest index = tag(INDEX, OF_ALL);
        Digest docker = alternative(OF_ONE);

        List<Got> all = IntStream.range(0, 50).mapToObj(i -> proxy.manifest("latest", "Accept", DOCKER + ", x/y" + i))
                .toList();
        int asked = proxy.registry().traffic().of(Endpoint.MANIFEST).size();
        Got last = proxy.manifest("latest", "Accept", "x/y49, " + DOCKER);
        Got usual = proxy.manifest("latest");

        assertThat(all).extracting(Got::digest).containsOnly(docker);
        assertThat(asked).isEqualTo(51);
        assertThat(last.digest()).isEqualTo(docker);
        assertThat(usual.digest()).isEqualTo(index);
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).hasSize(51);
    }

    @Test
    void manyClientsOfOneVariantAreOneRequest() {
        tag(INDEX, OF_ALL);
        Digest docker = alternative(OF_ONE);
        proxy.manifest("latest");
        Gate gate = new Gate();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.slowHead(gate));

        List<Future<Got>> begun = IntStream.range(0, 100)
                .mapToObj(i -> proxy.client().begin(proxy.url("manifests/latest"), "Accept", DOCKER)).toList();
        gate.awaitArrivals(1);
        gate.open();

        assertThat(begun).extracting(Client::await).extracting(Got::digest).containsOnly(docker);
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).hasSize(2);
    }

    @Test
    void byDigestTheManifestIsServedForAnyAccept() {
        Digest index = tag(INDEX, OF_ALL);

        Got cold = proxy.manifest(index.toString(), "Accept", DOCKER);
        Got warm = proxy.manifest(index.toString(), "Accept", DOCKER);

        assertThat(List.of(cold, warm)).extracting(Got::digest).containsOnly(index);
        assertThat(List.of(cold, warm)).extracting(got -> got.header("Content-Type")).containsOnly(INDEX);
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).hasSize(1);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {INDEX, LIST, OCI, DOCKER, "application/vnd.oci.artifact.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v1+prettyjws", "application/vnd.example.unknown+json"})
    void everyTypeIsPassedOnAsItIs(String type) {
        Digest digest = tag(type, OF_ONE);

        Got cold = proxy.manifest("latest", "Accept", type);
        Got warm = proxy.manifest("latest");

        assertThat(List.of(cold, warm)).extracting(Got::digest).containsOnly(digest);
        assertThat(List.of(cold, warm)).extracting(got -> got.header("Content-Type")).containsOnly(type);
    }

    @Test
    void theRegistryIsAskedInOneFormForAnyAccept() {
        tag(INDEX, OF_ALL);
        alternative(OF_ONE);

        proxy.manifest("latest", "Accept", INDEX + ", x/y");
        proxy.clock().advance(Duration.ofMinutes(1));
        proxy.manifest("latest");
        proxy.manifest("latest", "Accept", "X/Y;q=0.3", "Accept", DOCKER + ";q=0.1");

        List<List<String>> asked = proxy.registry().traffic().of(Endpoint.MANIFEST).stream().map(Seen::request)
                .map(request -> request.headers().all("Accept")).toList();
        assertThat(asked.subList(0, 2)).allSatisfy(lines -> assertThat(lines).startsWith(INDEX, LIST, OCI, DOCKER));
        assertThat(asked.getLast()).containsExactly(DOCKER, "x/y");
    }

    private Digest tag(String type, byte[] body) {
        Digest digest = proxy.registry().manifest(REPO, type, body);
        proxy.registry().tag(REPO, "latest", digest);
        return digest;
    }

    private Digest alternative(byte[] body) {
        Digest digest = proxy.registry().manifest(REPO, DOCKER, body);
        proxy.registry().alternative(REPO, "latest", digest);
        return digest;
    }
}
