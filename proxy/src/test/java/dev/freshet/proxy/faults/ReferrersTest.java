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
import dev.freshet.testbed.wire.Reply;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** What refers to a manifest: signatures and attestations, by the referrers API and by the tags that came before it. */
class ReferrersTest {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String SIGNATURE = "application/vnd.dev.cosign.artifact.sig.v1+json";
    private static final String SBOM = "application/spdx+json";
    private static final Digest SUBJECT = Digest.sha256(Bytes.of("subject"));

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    void allReferrersAreListedAsAnIndex() {
        refer(1, SIGNATURE);
        refer(2, SBOM);

        Got got = referrers("");

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.header("Content-Type")).isEqualTo(INDEX);
        assertThat(got.header("OCI-Filters-Applied")).isEmpty();
        assertThat(got.text()).isEqualTo(index(descriptor(1, SIGNATURE), descriptor(2, SBOM)));
        assertThat(got.header("Cache-Status")).isEqualTo("freshet; fwd=uri-miss; stored");
    }

    @Test
    void thoseOfOneTypeAreAskedForOfTheCache() {
        refer(1, SIGNATURE);
        refer(2, SBOM);
        referrers("");

        Got signatures = referrers("?artifactType=" + SIGNATURE.replace("+", "%2B"));
        Got none = referrers("?artifactType=x/y");
        Got empty = referrers("?artifactType=");

        assertThat(signatures.text()).isEqualTo(index(descriptor(1, SIGNATURE)));
        assertThat(none.text()).isEqualTo(index());
        assertThat(List.of(signatures, none)).allSatisfy(got -> {
            assertThat(got.header("OCI-Filters-Applied")).isEqualTo("artifactType");
            assertThat(got.header("Content-Type")).isEqualTo(INDEX);
            assertThat(got.header("Cache-Status")).isEqualTo("freshet; hit");
        });
        assertThat(empty.header("OCI-Filters-Applied")).isEmpty();
        assertThat(empty.text()).contains(SBOM);
        assertThat(proxy.registry().traffic().of(Endpoint.REFERRERS)).singleElement()
                .satisfies(seen -> assertThat(seen.request().query()).isEmpty());
    }

    @Test
    void thePagesOfTheRegistryAreFollowed() {
        proxy.registry().reconfigure(s -> s.pagesOf(3));
        IntStream.range(0, 10).forEach(i -> refer(i, SBOM));

        Got got = referrers("");

        assertThat(got.text()).isEqualTo(
                index(IntStream.range(0, 10).mapToObj(i -> descriptor(i, SBOM)).toArray(String[]::new)));
        assertThat(proxy.registry().traffic().of(Endpoint.REFERRERS)).hasSize(4);
    }

    @Test
    void thatNothingRefersToItIsAnAnswer() {
        proxy.registry().manifest(REPO, INDEX, Bytes.of("{\"manifests\":[]}"));

        Got got = referrers("");

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.text()).isEqualTo(index());
    }

    @Test
    void ofWhatIsNoManifestHereNoNoteIsMade() {
        Digest manifest = proxy.registry().manifest(REPO, INDEX, Bytes.of("{\"manifests\":[]}"));
        proxy.manifest(manifest.toString());

        List<Got> of = List.of(referrers(""), referrers(""));
        String known = proxy.url("referrers/" + manifest);
        List<Got> ofKnown = List.of(proxy.client().get(known), proxy.client().get(known));

        assertThat(of).extracting(got -> got.header("Cache-Status")).containsOnly("freshet; fwd=uri-miss");
        assertThat(ofKnown).extracting(got -> got.header("Cache-Status")).containsExactly(
                "freshet; fwd=uri-miss; stored",
                "freshet; hit");
    }

    static Stream<Integer> noSuchEndpoint() {
        return Stream.of(400, 404, 405, 406, 501);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noSuchEndpoint")
    void aRegistryWithoutReferrersIsA404SoThatClientsUseTags(int status) {
        proxy.registry().manifest(REPO, INDEX, Bytes.of("{\"manifests\":[]}"));
        proxy.registry().when(On.every(Endpoint.REFERRERS), Fault.status(status));

        Got first = referrers("");
        Got second = referrers("?artifactType=" + SBOM);

        assertThat(List.of(first, second)).allSatisfy(got -> {
            assertThat(got.status()).isEqualTo(404);
            assertThat(got.text()).contains("UNSUPPORTED").doesNotContain("NAME_UNKNOWN");
        });
        assertThat(second.header("Cache-Status")).isEqualTo("freshet; hit; detail=negative");
        assertThat(proxy.registry().traffic().of(Endpoint.REFERRERS)).hasSize(1);
    }

    @Test
    void aHeadIsThatOfTheGet() {
        refer(1, SBOM);

        Got head = proxy.client().head(proxy.url("referrers/" + SUBJECT));

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).isEqualTo(INDEX);
        assertThat(head.header("Content-Length")).isEqualTo("" + index(descriptor(1, SBOM)).length());
    }

    static Stream<Fault> wrongIndexes() {
        return Stream.of(of("{}", INDEX), of("[]", INDEX), of("{\"manifests\":{}}", INDEX),
                of("{\"manifests\":null}", INDEX), of("{\"manifests\":[{}]}", INDEX),
                of("{\"manifests\":[null]}", INDEX),
                of("{\"manifests\":[{\"mediaType\":\"x\",\"size\":1,\"digest\":\"sha256:x\"}]}", INDEX),
                of("{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"manifests\":[]}", INDEX),
                of("[".repeat(1_000_000), INDEX), of("{\"manifests\":[" + "{\"a\":".repeat(100_000), INDEX),
                of("{\"manifests\":[]" + " ".repeat(4 * Bytes.MIB) + "}", INDEX), new Fault.Gzipped());
    }

    @ParameterizedTest
    @MethodSource("wrongIndexes")
    @DisplayName("U-09: what comes as an index, and is none that can be taken, is 502")
    void whatComesAsAnIndexAndIsNoneIsBadGateway(Fault fault) {
        refer(1, SBOM);
        proxy.registry().when(On.every(Endpoint.REFERRERS), fault);

        Got got = referrers("");
        proxy.registry().heal();

        assertThat(got.status()).isEqualTo(502);
        assertThat(referrers("").status()).isEqualTo(200);
    }

    /** What registries without referrers, and what stands before them, answer. */
    private Stream<Fault> noIndexes() {
        String elsewhere = "http://" + proxy.registry().authority().replace("127.0.0.1", "localhost");
        return Stream.of(Fault.loginPage(), of("<html>", "text/html; charset=utf-8"),
                of("{\"manifests\":[]}", "text/html"), of("", INDEX), of("", "text/plain"),
                of("{}", "application/json"), of("{\"errors\":[]}", "application/json"),
                of("404 page not found", "text/plain"),
                new Fault.Instead(Reply.empty(204, Headers.of())), new Fault.Instead(Reply.empty(304, Headers.of())),
                Fault.redirect("/signin"), Fault.redirect(elsewhere + "/v2/"), Fault.redirect("/v2/"),
                Fault.redirect(elsewhere + "/not/there"),
                Fault.redirect("http://169.254.169.254/login"), Fault.redirect("http://user:pw@localhost/"),
                Fault.redirect("ftp://x/"), Fault.redirect(""),
                Fault.redirect("/v2/" + REPO + "/referrers/" + SUBJECT));
    }

    @TestFactory
    @DisplayName("L-06: what is no index, such as a login page, means that there are no lists: 404 after one request")
    Stream<DynamicTest> whatIsNoIndexMeansThatThereIsNoSuchEndpoint() {
        proxy.set("upstreams.lab.redirect-hosts",
                "[\"localhost:" + proxy.registry().authority().replace("127.0.0.1:", "") + "\"]");
        proxy.registry().manifest(REPO, INDEX, Bytes.of("{\"manifests\":[]}"));
        return noIndexes().map(fault -> DynamicTest.dynamicTest(fault.toString(), () -> {
            proxy.registry().heal();
            proxy.pace().advance(Duration.ofSeconds(10));
            proxy.registry().when(On.every(Endpoint.REFERRERS), fault);
            int before = proxy.registry().traffic().of(Endpoint.REFERRERS).size();

            Got first = referrers("");
            int asked = proxy.registry().traffic().of(Endpoint.REFERRERS).size() - before;
            Got second = referrers("?artifactType=x/y");

            assertThat(List.of(first, second)).allSatisfy(got -> {
                assertThat(got.status()).as("%s", got).isEqualTo(404);
                assertThat(got.text()).contains("UNSUPPORTED");
            });
            assertThat(asked).isBetween(1, 6);
            assertThat(second.header("Cache-Status")).isEqualTo("freshet; hit; detail=negative");
            proxy.registry().heal();
            proxy.pace().advance(Duration.ofSeconds(10));
            assertThat(referrers("").status()).isEqualTo(200);
        }));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"401,403", "403,403", "408,502", "429,429", "500,503", "502,503", "503,503"})
    @DisplayName("L-06: a failure is a failure, with any page")
    void aFailureOfTheRegistryDoesNotMeanThatThereIsNone(int status, int told) {
        proxy.registry().manifest(REPO, INDEX, Bytes.of("{\"manifests\":[]}"));
        proxy.registry().when(On.every(Endpoint.REFERRERS),
                new Fault.Instead(Reply.of(status, "text/html", "<html>")));

        assertThat(referrers("").status()).isEqualTo(told);
    }

    @Test
    @DisplayName("L-06: a page after the first that is not there ends nothing")
    void aPageThatIsNotThereIsNoEndOfTheList() {
        proxy.registry().reconfigure(s -> s.pagesOf(1));
        refer(1, SBOM);
        refer(2, SBOM);
        proxy.registry().when(On.every(Endpoint.REFERRERS).nth(2), Fault.status(404));

        Got got = referrers("");

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("the page before it has led there");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"", ".sig", ".att", ".sbom"})
    @DisplayName("L-06: a page in place of a manifest says of tags for signatures only that there is none")
    void aPageInPlaceOfASignatureMeansThatThereIsNone(String suffix) {
        String tag = SUBJECT.toString().replace(':', '-') + suffix;
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.loginPage());

        List<Got> signature = List.of(proxy.manifest(tag), proxy.client().head(proxy.url("manifests/" + tag)));
        List<Got> others = List.of(proxy.manifest("latest"), proxy.manifest(SUBJECT.toString()),
                proxy.manifest("sha256-0" + suffix));

        assertThat(signature).extracting(Got::status).containsOnly(404);
        assertThat(signature.getFirst().text()).contains("MANIFEST_UNKNOWN");
        assertThat(others).extracting(Got::status).containsOnly(502);
    }

    @Test
    @DisplayName("L-06: a signature that is known is served as it was, for any page in its place")
    void aKnownSignatureIsServedAsItWas() {
        proxy.set("freshness.tag-ttl", "0s");
        String tag = SUBJECT.toString().replace(':', '-') + ".sig";
        Digest signature = proxy.registry().manifest(REPO, INDEX, Bytes.of("{\"manifests\":[]}"));
        proxy.registry().tag(REPO, tag, signature);
        proxy.manifest(tag);
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.loginPage());

        List<Got> again = List.of(proxy.manifest(tag), proxy.manifest(tag));

        assertThat(again).allSatisfy(got -> {
            assertThat(got.digest()).isEqualTo(signature);
            assertThat(got.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
        });
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"", ".sig", ".att", ".sbom"})
    void tagsOfSignaturesAreServedLikeAnyOther(String suffix) {
        String tag = SUBJECT.toString().replace(':', '-') + suffix;
        Digest signature = proxy.registry().manifest(REPO, INDEX, Bytes.of("{\"manifests\":[]}"));
        proxy.registry().tag(REPO, tag, signature);

        Got cold = proxy.manifest(tag);
        Got warm = proxy.client().head(proxy.url("manifests/" + tag));

        assertThat(List.of(cold, warm)).extracting(got -> got.header("Docker-Content-Digest"))
                .containsOnly(signature.toString());
        assertThat(warm.header("Cache-Status")).startsWith("freshet; hit");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"", ".sig", ".att", ".sbom"})
    void probesForSignaturesThatThereAreNotCostOneRequest(String suffix) {
        String tag = SUBJECT.toString().replace(':', '-') + suffix;
        proxy.registry().manifest(REPO, INDEX, Bytes.of("{\"manifests\":[]}"));

        List<Got> probes = List.of(proxy.manifest(tag), proxy.client().head(proxy.url("manifests/" + tag)),
                proxy.manifest(tag));

        assertThat(probes).extracting(Got::status).containsOnly(404);
        assertThat(probes.getLast().header("Cache-Status")).isEqualTo("freshet; hit; detail=negative");
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).extracting(Seen::method).containsExactly("GET");
    }

    private static Fault of(String body, String type) {
        return new Fault.Instead(Reply.of(200, type, body));
    }

    private Got referrers(String query) {
        return proxy.client().get(proxy.url("referrers/" + SUBJECT + query));
    }

    private void refer(int number, String artifactType) {
        proxy.registry().manifest(REPO, INDEX, Bytes.of("{\"manifests\":[]}"));
        proxy.registry().referrer(REPO, SUBJECT, descriptor(number, artifactType));
    }

    private static String descriptor(int number, String artifactType) {
        return "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\""
                + Digest.sha256(Bytes.of("r" + number)) + "\",\"size\":" + number + ",\"artifactType\":\""
                + artifactType
                + "\",\"annotations\":{\"n\":\"" + number + "\"}}";
    }

    private static String index(String... descriptors) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[" + String.join(",", descriptors)
                + "]}";
    }
}
