package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.ProxyFixture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private void publish() {
        Digest config = proxy.registry().blob(REPO, CONFIG);
        Digest layer = proxy.registry().blob(REPO, LAYER);
        proxy.registry().tag(REPO, "1.0", proxy.registry().manifest(REPO, MANIFEST, Bytes.of("""
                {"config":{"mediaType":"c","digest":"%s","size":2},"layers":[{"mediaType":"f","digest":"%s","size":77,
                "urls":["%s","ftp://x/y"]},{"mediaType":"l","digest":"%s","size":3000}]}"""
                .formatted(config, FOREIGN, URL, layer))));
    }

    @Test
    void aTableSaysWhatThereIsWhatIsStoredAndWhatBecomesOfUrls() {
        publish();
        proxy.blob(Digest.sha256(LAYER));
        proxy.awaitNoFills();

        Run run = inspect("lab/" + REPO + ":1.0");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines().map(line -> line.replaceAll(" +", " ").strip())).containsExactly(
                "lab/" + REPO + ":1.0", "KIND SIZE CACHED MEDIA TYPE DIGEST",
                "config 2B no c " + Digest.sha256(CONFIG), "foreign layer 77B ? f " + FOREIGN,
                "https://mcr.microsoft.com/v2/windows/x?...: is not asked: foreign-layers.allow is empty, which allows none",
                "to allow it: foreign-layers: { allow: ['^https://mcr\\.microsoft\\.com/'], deny: [] }",
                "ftp://x/y: is not asked: only URLs of http and https of at most 2048 characters are",
                "layer 2.9KiB yes l " + Digest.sha256(LAYER));
    }

    @Test
    void theConfigurationThatIsGivenSaysWhatMayBeAsked() {
        publish();

        Run run = inspect(REPO + ":1.0", "--set", "foreign-layers.allow=^https://mcr\\.microsoft\\.com/");

        assertThat(run.out()).contains("https://mcr.microsoft.com/v2/windows/x?...: may be asked")
                .doesNotContain("secret");
    }

    @Test
    void jsonSaysTheSame() {
        publish();

        Run run = inspect(REPO + ":1.0", "--json");

        JsonNode root = JsonMapper.builder().build().readTree(run.out());
        JsonNode foreign = root.path("items").path(1);
        assertThat(root.path("image").asString()).isEqualTo(REPO + ":1.0");
        assertThat(root.path("items").path(0).path("cached").asBoolean(true)).isFalse();
        assertThat(foreign.path("kind").asString()).isEqualTo("foreign layer");
        assertThat(foreign.path("digest").asString()).isEqualTo(FOREIGN.toString());
        assertThat(foreign.path("urls").path(0).path("allowed").asBoolean(true)).isFalse();
        assertThat(foreign.path("urls").path(0).path("configuration").asString()).startsWith("foreign-layers: {");
        assertThat(foreign.path("urls").path(1).path("rule").asString()).startsWith("only URLs of http");
    }

    @Test
    void theLineThatWouldAllowItDoes() throws IOException {
        publish();
        Run refused = inspect(REPO + ":1.0");
        String line = refused.out().lines().filter(l -> l.contains("to allow it: ")).findFirst().orElseThrow()
                .replaceFirst(".*to allow it: ", "");
        Path config = Files.writeString(proxy.directory().resolve("line.yaml"), line + "\n");

        Run allowed = inspect(REPO + ":1.0", "--config", config.toString());

        assertThat(allowed.out()).contains("may be asked");
    }

    @Test
    void anIndexIsAListOfManifests() {
        Digest manifest = proxy.registry().manifest(REPO, MANIFEST, Bytes.of("{\"layers\":[]}"));
        proxy.registry().tag(REPO, "latest",
                proxy.registry().manifest(REPO, INDEX,
                        Bytes.of(
                                """
                                        {"manifests":[{"mediaType":"m","digest":"%s","size":13,"platform":{"os":"windows","architecture":"amd64"}}]}"""
                                        .formatted(manifest))));

        Run run = inspect(REPO);

        assertThat(run.out().lines().toList().getLast().replaceAll(" +", " "))
                .isEqualTo("manifest 13B ? m " + manifest + " windows/amd64");
    }

    @Test
    void whatIsNotThereFailsWithTheReason() {
        Run unknown = inspect("lab/no/such:1");
        Run wrong = inspect("No Name");
        Run nobody = run(List.of("inspect", REPO, "--url", "http://127.0.0.1:1"));
        Run noUrl = run(List.of("inspect", REPO, "--url", "ftp://x"));

        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).startsWith("inspect of lab/no/such:1 failed: 404 ");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err()).contains("nobody answers at http://127.0.0.1:1");
        assertThat(noUrl.code()).isEqualTo(2);
    }

    private Run inspect(String... arguments) {
        String url = proxy.url("").replaceFirst("/v2/.*", "");
        return run(Stream.concat(Stream.of("inspect", "--url", url), Stream.of(arguments)).toList());
    }

    private static Run run(List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
        return new Run(code, out.toString(), err.toString());
    }
}
