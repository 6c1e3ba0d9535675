package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code prefetch}, at a proxy in this process. */
class PrefetchCommandTest {

    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    /** What the command printed, and how it ended. */
    private record Run(int code, String out, String err) {}

    @Test
    void anImageIsFetchedAndThenThereIsNothingToFetch() {
        Digest config = blob(10);
        Digest layer = blob(2 * Bytes.MIB);
        proxy.registry().tag(REPO, "1.0", image(config, 10, layer, 2 * Bytes.MIB));

        Run first = prefetch("lab/" + REPO + ":1.0");
        proxy.awaitNoFills();
        Run second = prefetch(REPO + ":1.0");

        assertThat(first.code()).isZero();
        assertThat(first.out().strip()).isEqualTo("lab/" + REPO + ":1.0: 2 blobs, 2.0MiB, 0 of them stored before");
        assertThat(first.err()).contains(config + " fetched, 10B", layer + " fetched, 2MiB");
        assertThat(second.code()).isZero();
        assertThat(second.out().strip()).isEqualTo(REPO + ":1.0: 2 blobs, 2.0MiB, 2 of them stored before");
        assertThat(second.err()).contains(config + " was stored before");
        assertThat(fetched()).containsExactlyInAnyOrder(config, layer);
        assertThat(proxy.blob(layer).header("Cache-Status")).isEqualTo("freshet; hit");
    }

    @Test
    void ofAnIndexOnePlatformIsFetched() {
        Digest config = blob(11);
        Digest layer = blob(301);
        index(image(blob(10), 10, blob(300), 300), image(config, 11, layer, 301));

        Run run = prefetch(REPO, "--platform", "linux/arm64");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).startsWith(REPO + ":latest linux/arm64: 2 blobs");
        assertThat(fetched()).containsExactlyInAnyOrder(config, layer);
    }

    @Test
    void aPlatformThatIsNotThereFailsAndThoseThatAreAreListed() {
        index(image(blob(10), 10, blob(300), 300), image(blob(11), 11, blob(301), 301));

        Run run = prefetch(REPO, "--platform", "linux/s390x");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().strip()).isEqualTo("prefetch of " + REPO
                + ":latest failed: there is nothing for linux/s390x; use --platform with one of linux/amd64, linux/arm64");
        assertThat(fetched()).isEmpty();
    }

    @Test
    void anUnknownImageFailsAndTheOthersAreFetched() {
        Digest image = image(blob(10), 10, blob(300), 300);

        Run run = prefetch("lab/no/such:1", "nowhere.example.com/x", REPO + "@" + image);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("prefetch of lab/no/such:1 failed: 404 ",
                "prefetch of nowhere.example.com/x:latest failed: 404 NAME_UNKNOWN: upstream nowhere.example.com is not"
                        + " configured");
        assertThat(run.out()).startsWith(REPO + "@" + image + ": 2 blobs").hasLineCount(1);
    }

    @Test
    void aBlobThatDoesNotComeFailsWithItsDigest() {
        Digest layer = blob(300);
        Digest image = image(blob(10), 10, layer, 300);
        proxy.registry().when(On.every(Endpoint.BLOB).digest(layer), Fault.status(404));

        Run run = prefetch(REPO + "@" + image);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("failed: " + layer + ": 404 BLOB_UNKNOWN");
    }

    @Test
    void aBodyThatIsCutFails() {
        Digest layer = proxy.registry().blob(REPO, Bytes.random(4 * Bytes.MIB));
        proxy.registry().when(On.storage().digest(layer), new Fault.CorruptAt(7));

        Run run = prefetch(REPO + "@" + image(blob(10), 10, layer, 4 * Bytes.MIB));

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("failed: " + layer);
    }

    @Test
    void whatCannotBeStoredIsNotPrefetched() {
        proxy.set("cache.max-size", "64MiB");
        Digest layer = blob(65 * Bytes.MIB);

        Run run = prefetch(REPO + "@" + image(blob(10), 10, layer, 65 * Bytes.MIB));

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("failed: " + layer + ": it came, but nothing can be stored; see /readyz");
    }

    @Test
    void freshetFetchesByItselfWhatItsAdminPortIsAskedFor() {
        Digest config = blob(11);
        Digest layer = blob(301);
        index(image(blob(10), 10, blob(300), 300), image(config, 11, layer, 301));

        Run run = run("prefetch", REPO, "--platform", "linux/arm64", "--admin", proxy.admin(""));
        proxy.await("both", () -> proxy.metric("freshet_fills_ended_total", "end=\"complete\"") == 2);

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out().strip())
                .isEqualTo(REPO + ":latest linux/arm64: 2 blobs, 312B, 2 of them to be fetched");
        assertThat(fetched()).containsExactlyInAnyOrder(config, layer);
    }

    @Test
    void whatTheAdminPortRefusesFails() {
        Run run = run("prefetch", "nowhere.example.com/x", "--admin", proxy.admin(""));

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).startsWith("prefetch of nowhere.example.com/x:latest failed: 404 NAME_UNKNOWN: upstream"
                + " nowhere.example.com is not configured");
    }

    @Test
    void thePortsAreNotTakenForOneAnother() {
        Run data = run("prefetch", REPO, "--url", proxy.admin(""));
        Run admin = run("prefetch", REPO, "--admin", proxy.url("").replaceFirst("/v2/.*", ""));

        assertThat(data.err()).contains("404 without a reason; check that it is the data port of Freshet");
        assertThat(admin.code()).isEqualTo(1);
        assertThat(admin.err()).contains("405 UNSUPPORTED");
    }

    @Test
    void withoutAnAnswerItSaysSo() {
        Run run = run("prefetch", REPO, "--url", "http://127.0.0.1:1");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("no server answers at http://127.0.0.1:1: start Freshet, or give its data port");
        assertThat(run("prefetch", REPO, "--admin", "http://127.0.0.1:1").err()).contains("give its admin port");
    }

    private Run prefetch(String... arguments) {
        String url = proxy.url("").replaceFirst("/v2/.*", "");
        return run(Stream.concat(Stream.of("prefetch", "--url", url), Stream.of(arguments)).toArray(String[]::new));
    }

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Run(code, out.toString(), err.toString());
    }

    private Digest blob(int length) {
        return proxy.registry().blob(REPO, Bytes.random(length));
    }

    private Digest image(Digest config, int configSize, Digest layer, int layerSize) {
        return proxy.registry().manifest(REPO, MANIFEST, Bytes.of("""
                {"config":{"digest":"%s","size":%d},"layers":[{"digest":"%s","size":%d}]}"""
                .formatted(config, configSize, layer, layerSize)));
    }

    private void index(Digest amd64, Digest arm64) {
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, INDEX, Bytes.of("""
                {"manifests":[{"digest":"%s","platform":{"os":"linux","architecture":"amd64"}},
                {"digest":"%s","platform":{"os":"linux","architecture":"arm64","variant":"v8"}},
                {"digest":"%s","platform":{"os":"unknown","architecture":"unknown"}}]}"""
                .formatted(amd64, arm64, amd64))));
    }

    private List<Digest> fetched() {
        return proxy.registry().traffic().storageGets().stream().flatMap(seen -> seen.digest().stream()).toList();
    }
}
