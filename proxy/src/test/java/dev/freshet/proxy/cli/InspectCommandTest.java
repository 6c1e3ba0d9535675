package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code inspect}, at a proxy in this process. */
class InspectCommandTest {

    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    private static final String INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
    private static final byte[] CONFIG = Bytes.of("{}");
    private static final byte[] LAYER = Bytes.random(3_000);
    private static final Digest FOREIGN = Digest.sha256(Bytes.random(77));
    private static final String URL = "https://mcr.microsoft.com/v2/windows/x?sig=secret";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    /** What the command printed, and how it ended. */
    private record Run(int code, String out, String err) {}

    private Digest publish() {
        Digest config = proxy.registry().blob(REPO, CONFIG);
        Digest layer = proxy.registry().blob(REPO, LAYER);
        Digest manifest = proxy.registry().manifest(REPO, MANIFEST, Bytes.of("""
                {"config":{"mediaType":"c","digest":"%s","size":2},"layers":[{"mediaType":"f","digest":"%s","size":77,
                "urls":["%s","ftp://x/y"]},{"mediaType":"l","digest":"%s","size":3000}]}"""
                .formatted(config, FOREIGN, URL, layer)));
        proxy.registry().tag(REPO, "1.0", manifest);
        return manifest;
    }

    @Test
    void aTableSaysWhatThereIsWhatIsStoredAndWhatBecomesOfUrls() {
        Digest manifest = publish();
        proxy.blob(Digest.sha256(LAYER));
        proxy.awaitNoFills();

        Run run = inspect("lab/" + REPO + ":1.0");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines().map(line -> line.replaceAll(" +", " ").strip())).containsExactly(
                "lab/" + REPO + ":1.0", manifest + " " + MANIFEST + " freshet; fwd=uri-miss; stored",
                "KIND SIZE STORED MEDIA TYPE DIGEST", "config 2B no c " + Digest.sha256(CONFIG),
                "foreign layer 77B no f " + FOREIGN,
                "https://mcr.microsoft.com/v2/windows/x?...: not allowed: foreign-layers.allow is empty, which allows none",
                "to allow it: foreign-layers: { allow: ['^https://mcr\\.microsoft\\.com/'], deny: [] }",
                "ftp://x/y: not allowed: only URLs of http and https of at most 2048 characters are",
                "layer 2.9KiB yes l " + Digest.sha256(LAYER));
    }

    @Test
    void theRunningProxysConfigurationSaysWhatMayBeAskedAndByWhichPattern() {
        proxy.set("foreign-layers.allow", "^https://mcr\\.microsoft\\.com/");
        publish();

        Run run = inspect(REPO + ":1.0", "--set", "foreign-layers.allow=");

        assertThat(run.out()).contains("https://mcr.microsoft.com/v2/windows/x?...: allowed by"
                + " '^https://mcr\\.microsoft\\.com/'").doesNotContain("secret");
    }

    @Test
    void jsonSaysTheSame() {
        Digest manifest = publish();

        Run run = inspect(REPO + ":1.0", "--json");

        JsonNode root = JsonMapper.builder().build().readTree(run.out());
        JsonNode foreign = root.path("items").path(1);
        assertThat(root.path("image").asString()).isEqualTo(REPO + ":1.0");
        assertThat(root.path("upstream").asString()).isEqualTo("lab");
        assertThat(root.path("manifest").path("digest").asString()).isEqualTo(manifest.toString());
        assertThat(root.path("items").path(0).path("stored").asString()).isEqualTo("no");
        assertThat(foreign.path("kind").asString()).isEqualTo("foreign layer");
        assertThat(foreign.path("digest").asString()).isEqualTo(FOREIGN.toString());
        assertThat(foreign.path("urls").path(0).path("allowed").asBoolean(true)).isFalse();
        assertThat(foreign.path("urls").path(0).path("configuration").asString()).startsWith("foreign-layers: {");
        assertThat(foreign.path("urls").path(1).path("rule").asString()).startsWith("only URLs of http");
    }

    @Test
    void theLineThatWouldAllowItDoes() {
        publish();
        Run refused = inspect(REPO + ":1.0");
        String line = refused.out().lines().filter(l -> l.contains("to allow it: ")).findFirst().orElseThrow()
                .replaceFirst(".*to allow it: foreign-layers: \\{ allow: \\['(.*)'\\], deny: .*", "$1");
        proxy.stop();
        proxy.set("foreign-layers.allow", line);

        Run allowed = inspect(REPO + ":1.0");

        assertThat(allowed.out()).contains("allowed by '" + line + "'");
    }

    @Test
    void whatHasComeInPartSaysHowMuch() {
        byte[] large = Bytes.random(40 * Bytes.MIB);
        Digest layer = proxy.registry().blob(REPO, large);
        proxy.registry().tag(REPO, "big", proxy.registry().manifest(REPO, MANIFEST, Bytes.of("""
                {"layers":[{"mediaType":"l","digest":"%s","size":%d}]}""".formatted(layer, large.length))));
        proxy.manifest("big");
        proxy.blob(layer, "Range", "bytes=0-9");
        proxy.await("what has come is on disk",
                () -> stored(REPO + ":big").path("stored").asString("").equals("partly"));

        JsonNode item = stored(REPO + ":big");

        assertThat(item.path("storedBytes").asLong()).isPositive().isLessThan(large.length);
    }

    private JsonNode stored(String image) {
        return JsonMapper.builder().build().readTree(inspect(image, "--json").out()).path("items").path(0);
    }

    @Test
    void anIndexIsAListOfManifestsAndOfEachThatIsHereItSaysHowManyBlobsAre() {
        Digest first = index();
        proxy.manifest(first.toString());
        proxy.blob(Digest.sha256(LAYER));
        proxy.awaitNoFills();

        Run run = inspect(REPO);

        assertThat(run.out().lines().skip(3).map(line -> line.replaceAll(" +", " "))).containsExactly(
                "manifest 13B 1 of 2 m " + first + " windows/amd64",
                "manifest 14B no m " + Digest.sha256(Bytes.of("{\"layers\": []}")) + " linux/s390x");
    }

    @Test
    void ofAnIndexOnePlatformCanBeLookedAt() {
        index();

        Run run = inspect(REPO, "--platform", "windows/amd64");
        Run none = inspect(REPO, "--platform", "linux/amd64");
        Run wrong = inspect(REPO, "--platform", "linux");

        assertThat(run.out()).startsWith(REPO + ":latest windows/amd64\n").contains(Digest.sha256(LAYER).toString());
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("there is nothing for linux/amd64; use one of windows/amd64, linux/s390x");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("inspect failed: 'linux' is not a platform; use ");
    }

    @Test
    void toLookAtAnImageFetchesNothingOfItAheadAndIsNoUseOfIt() {
        proxy.set("fetch.prefetch", "layers");
        publish();

        inspect(REPO + ":1.0");

        assertThat(proxy.metric("freshet_fills_active")).isZero();
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).isEmpty();
    }

    @Test
    void whatIsNotThereFailsWithTheReason() {
        Run unknown = inspect("lab/no/such:1");
        Run wrong = inspect("No Name");
        Run closed = run(List.of("inspect", REPO, "--admin", "http://127.0.0.1:1"));
        Run noUrl = run(List.of("inspect", REPO, "--admin", "ftp://x"));
        Run noScheme = run(List.of("inspect", REPO, "--admin", "127.0.0.1:5001"));

        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).startsWith("inspect of lab/no/such:1 failed: 404 ");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("inspect failed: repository name \"No Name\" is not valid")
                .contains("; name an image such as docker.io/library/busybox:1.36, or with @DIGEST");
        assertThat(closed.code()).isEqualTo(1);
        assertThat(closed.err()).contains("no server answers at http://127.0.0.1:1", "--admin");
        assertThat(noUrl.code()).isEqualTo(2);
        assertThat(noScheme.code()).isEqualTo(2);
        assertThat(noScheme.err()).contains("'127.0.0.1:5001' is not a URL", "; use http://HOST:PORT");
    }

    @Test
    void anUpstreamThatFailsIsNamed() {
        publish();
        proxy.registry().stop();

        Run run = inspect(REPO + ":1.0");

        proxy.registry().start();
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).startsWith("inspect of " + REPO + ":1.0 failed: 502 UNAVAILABLE: GET of manifest")
                .contains("upstream lab", "cannot be connected");
    }

    private Digest index() {
        Digest config = proxy.registry().blob(REPO, CONFIG);
        Digest layer = proxy.registry().blob(REPO, LAYER);
        Digest first = proxy.registry().manifest(REPO, MANIFEST, Bytes.of("""
                {"config":{"digest":"%s","size":2},"layers":[{"digest":"%s","size":3000}]}"""
                .formatted(config, layer)));
        proxy.registry().tag(REPO, "latest",
                proxy.registry().manifest(REPO, INDEX,
                        Bytes.of(
                                """
                                        {"manifests":[{"mediaType":"m","digest":"%s","size":13,"platform":{"os":"windows","architecture":"amd64"}},
                                        {"mediaType":"m","digest":"%s","size":14,"platform":{"os":"linux","architecture":"s390x"}}]}"""
                                        .formatted(first, Digest.sha256(Bytes.of("{\"layers\": []}"))))));
        return first;
    }

    private Run inspect(String... arguments) {
        return run(Stream.concat(Stream.of("inspect", "--admin", proxy.admin("")), Stream.of(arguments)).toList());
    }

    private static Run run(List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
        return new Run(code, out.toString(), err.toString());
    }
}
