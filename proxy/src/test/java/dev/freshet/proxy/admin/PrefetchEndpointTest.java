package dev.freshet.proxy.admin;

import dev.freshet.cache.name.Digest;
import dev.freshet.proxy.serve.document.Platform;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Gate;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code POST /api/v1/prefetch} of a whole proxy. */
class PrefetchEndpointTest {

    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void hangUp() {
        http.close();
    }

    @Test
    void itSaysWhatIsBegunAndThenItIsThere() throws Exception {
        Digest config = blob(11);
        Digest layer = blob(3000);
        Digest manifest = image(config, 11, layer, 3000);
        proxy.registry().tag(REPO, "1.0", manifest);
        proxy.blob(config);

        HttpResponse<String> answer = ask("lab/" + REPO + ":1.0");
        awaitComplete(2);

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.body()).isEqualTo("""
                {"image":"lab/%s:1.0","manifest":"%s","blobs":2,"bytes":3011,"missing":{"blobs":1,"bytes":3000}}"""
                .formatted(REPO, manifest));
        assertThat(proxy.blob(layer).header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(proxy.manifest("1.0").header("Cache-Status")).isEqualTo("freshet; hit");
    }

    @Test
    void ofAnIndexTheNamedPlatformIsFetched() throws Exception {
        Digest layer = blob(301);
        Digest chosen = image(blob(11), 11, layer, 301);
        index("linux/amd64", image(blob(10), 10, blob(300), 300), "linux/s390x", chosen);

        HttpResponse<String> answer = post("{\"image\":\"%s\",\"platform\":\"linux/s390x\"}".formatted(REPO));
        awaitComplete(2);

        assertThat(answer.body()).contains("\"manifest\":\"" + chosen + "\",\"platform\":\"linux/s390x\"");
        assertThat(fetched()).hasSize(2).contains(layer);
    }

    @Test
    void ofAnIndexThisMachinesPlatformIsFetchedWhenNoneIsNamed() throws Exception {
        Digest layer = blob(301);
        String own = Platform.ofThisMachine().toString();
        index("plan9/mips", image(blob(10), 10, blob(300), 300), own, image(blob(11), 11, layer, 301));

        HttpResponse<String> answer = ask(REPO);
        awaitComplete(2);

        assertThat(answer.body()).contains("\"platform\":\"" + own + "\"");
        assertThat(fetched()).hasSize(2).contains(layer);
    }

    @Test
    void whatIsAskedForIsFetchedThoughNobodyComesForIt() throws Exception {
        proxy.set("fetch.stall-timeout", "1h");
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), Fault.slowHead(gate));

        ask(REPO + "@" + image(blob(11), 11, blob(301), 301));
        gate.awaitArrivals(2);
        proxy.pace().advance(Duration.ofMinutes(10));
        gate.open();
        awaitComplete(2);

        assertThat(proxy.metric("freshet_fills_ended_total")).isEqualTo(2);
    }

    @Test
    void whatAPullHasBegunIsNotAbandonedOnceItIsAskedFor() throws Exception {
        proxy.set("fetch.stall-timeout", "1h");
        proxy.set("fetch.prefetch", "layers");
        Digest manifest = image(blob(11), 11, blob(301), 301);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), Fault.slowHead(gate));
        proxy.manifest(manifest.toString());
        gate.awaitArrivals(2);

        HttpResponse<String> answer = ask(REPO + "@" + manifest);
        proxy.pace().advance(Duration.ofMinutes(10));
        gate.open();
        awaitComplete(2);

        assertThat(answer.body()).endsWith("\"missing\":{\"blobs\":0,\"bytes\":0}}");
        assertThat(proxy.metric("freshet_fills_ended_total")).isEqualTo(2);
    }

    @Test
    void oneAtATimeIsFetchedWhereFewFillsMayRun() throws Exception {
        proxy.set("fetch.max-fills", "1");
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), Fault.slowHead(gate));

        ask(REPO + "@" + image(blob(11), 11, blob(301), 301));
        gate.awaitArrivals(1);
        long active = proxy.metric("freshet_fills_active");
        gate.open();
        awaitComplete(2);

        assertThat(active).isEqualTo(1);
    }

    @Test
    void noMoreIsTakenThanThereIsRoomFor() throws Exception {
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), Fault.slowHead(gate));
        List<HttpResponse<String>> answers = new ArrayList<>();

        for (int i = 0; i <= 65; i++) {
            answers.add(ask(REPO + "@" + image(blob(1000 + 2 * i), 1000 + 2 * i, blob(1001 + 2 * i), 1001 + 2 * i)));
        }
        HttpResponse<String> last = answers.removeLast();
        proxy.registry().heal();
        gate.open();
        awaitComplete(2 * answers.size());

        assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(202);
        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(last.headers().firstValue("Retry-After")).contains("30");
        assertThat(last.body()).contains("TOOMANYREQUESTS", "failed: as many images as may be are waiting");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            ''                                            | 400 | UNSUPPORTED  | the body has no field `image`; send {
            {"image":                                     | 400 | UNSUPPORTED  | the body is not JSON; send {
            []                                            | 400 | UNSUPPORTED  | the body has no field `image`
            "busybox"                                     | 400 | UNSUPPORTED  | the body has no field `image`
            {"image":1}                                   | 400 | UNSUPPORTED  | the body has no field `image`
            {"image":"a","image":"b"}                     | 400 | UNSUPPORTED  | the body is not JSON
            {"image":"a","tag":"1"}                       | 400 | UNSUPPORTED  | `tag` is unknown
            {"image":"a","platform":"linux"}              | 400 | UNSUPPORTED  | field `platform` is not valid
            {"image":"a","platform":null}                 | 400 | UNSUPPORTED  | field `platform` is not valid
            {"image":"http://169.254.169.254/latest"}     | 400 | NAME_INVALID | registry host
            {"image":"UPPER"}                             | 400 | NAME_INVALID | repository name
            {"image":"a@sha256:1"}                        | 400 | DIGEST_INVALID | digest
            {"image":"nowhere.example.com/a"}             | 404 | NAME_UNKNOWN | nowhere.example.com is not configured
            {"image":"169.254.169.254/a"}                 | 404 | NAME_UNKNOWN | 169.254.169.254 is not configured
            {"image":"library/no-such-thing"}             | 404 | MANIFEST_UNKNOWN | GET of manifest
            """)
    void whatCannotBeDoneIsRefused(String body, int status, String code, String why) throws Exception {
        HttpResponse<String> answer = post(body);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.body()).startsWith("{\"errors\":[{\"code\":\"" + code + "\"").contains(why);
    }

    @Test
    void aPlatformThatIsNotThereIsRefusedAndThoseThatAreAreListed() throws Exception {
        index("linux/amd64", image(blob(10), 10, blob(300), 300), "linux/arm64", image(blob(11), 11, blob(301), 301));

        HttpResponse<String> answer = post("{\"image\":\"%s\",\"platform\":\"linux/s390x\"}".formatted(REPO));

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("prefetch of " + REPO
                + ":latest failed: there is nothing for linux/s390x; use one of linux/amd64, linux/arm64");
    }

    @Test
    void whatIsLargerThanTheCacheIsRefused() throws Exception {
        proxy.set("cache.max-size", "64MiB");

        HttpResponse<String> answer = ask(REPO + "@" + image(blob(10), 10, blob(300), 64 * Bytes.MIB));

        assertThat(answer.statusCode()).isEqualTo(507);
        assertThat(answer.body())
                .contains("it has 64.0MiB, which is more than the cache may hold; raise cache.max-size");
    }

    @ParameterizedTest(name = "length stated: {0}")
    @ValueSource(booleans = {true, false})
    void aBodyThatIsTooLargeIsReadAwayAndRefused(boolean isLengthStated) throws Exception {
        byte[] body = new byte[15 * Api.MAX_BODY];

        HttpResponse<String> answer = post(isLengthStated
                ? BodyPublishers.ofByteArray(body)
                : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("its body is larger than 65536 bytes");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"https://evil.example.com,403", "null,403", "own,202"})
    void whatAPageOfAnotherSiteAsksForIsRefused(String origin, int status) throws Exception {
        String image = REPO + "@" + image(blob(10), 10, blob(300), 300);

        HttpResponse<String> answer = post("{\"image\":\"" + image + "\"}", "Origin",
                origin.equals("own") ? proxy.admin("") : origin);

        assertThat(answer.statusCode()).isEqualTo(status);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"GET,prefetch,405", "DELETE,prefetch,405", "POST,prefetch/x,404", "POST,nothing,404", "GET,'',404"})
    void nothingElseIsThere(String method, String path, int status) throws Exception {
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(proxy.admin("/api/v1/" + path)))
                .method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Allow")).isEqualTo(
                status == 405 ? Optional.of("POST") : Optional.empty());
        assertThat(answer.body()).contains("UNSUPPORTED");
    }

    private HttpResponse<String> ask(String image) throws Exception {
        return post("{\"image\":\"" + image + "\"}");
    }

    private HttpResponse<String> post(String body, String... headers) throws Exception {
        return post(BodyPublishers.ofString(body), headers);
    }

    private HttpResponse<String> post(BodyPublisher body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(proxy.admin("/api/v1/prefetch"))).POST(body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private void awaitComplete(int count) {
        proxy.await(count + " blobs fetched",
                () -> proxy.metric("freshet_fills_ended_total", "end=\"complete\"") == count);
    }

    private List<Digest> fetched() {
        return proxy.registry().traffic().storageGets().stream().map(Seen::digest).flatMap(Optional::stream).toList();
    }

    private Digest blob(int length) {
        return proxy.registry().blob(REPO, Bytes.random(length));
    }

    private Digest image(Digest config, int configSize, Digest layer, int layerSize) {
        return proxy.registry().manifest(REPO, MANIFEST, Bytes.of("""
                {"config":{"digest":"%s","size":%d},"layers":[{"digest":"%s","size":%d}]}"""
                .formatted(config, configSize, layer, layerSize)));
    }

    private void index(String platform, Digest image, String otherPlatform, Digest otherImage) {
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, INDEX, Bytes.of("""
                {"manifests":[{"digest":"%s","platform":%s},{"digest":"%s","platform":%s}]}"""
                .formatted(image, stated(platform), otherImage, stated(otherPlatform)))));
    }

    private static String stated(String platform) {
        String[] parts = platform.split("/", -1);
        return "{\"os\":\"%s\",\"architecture\":\"%s\"}".formatted(parts[0], parts[1]);
    }
}
