package dev.freshet.testbed.e2e;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.client.Client;
import dev.freshet.testbed.client.FreshetProcess;
import dev.freshet.testbed.client.RawClient;
import dev.freshet.testbed.client.StateDirectory;
import dev.freshet.testbed.process.Command;
import dev.freshet.testbed.process.NothingLeftRunning;
import dev.freshet.testbed.process.Tool;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.registry.RegistrySettings;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.upstream.FakeUpstream;
import dev.freshet.testbed.upstream.WritableRegistry;
import dev.freshet.testbed.wire.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An image like {@code rancher/kubelet-pause}: one foreign layer of 100 MB, which only another server has, and five small
 * ordinary ones. Real skopeo copies it from Freshet into a real registry. That takes it if it allows the URL, and not
 * otherwise: skopeo leaves a foreign layer where it is. Whoever wants its bytes has them from Freshet.
 */
@ExtendWith({NothingLeftRunning.class, Stopwatch.class})
@Timeout(240)
class ForeignLayerIT {

    private static final String REPOSITORY = "rancher/kubelet-pause";
    private static final String TAG = "v0.1.6";
    private static final String TYPE = "application/vnd.docker.distribution.manifest.v2+json";
    private static final String URLS_ALLOWED = """
            validation: {manifests: {urls: {allow: ['^http://127\\.0\\.0\\.1:[0-9]+/']}}}
            """;
    private static final String ALLOWED = "foreign-layers: { allow: ['^http://127\\.0\\.0\\.1:[0-9]+/v2/files/'] }";
    private static final int SIZE = 100_000_000;

    @AutoClose
    private final FakeRegistry registry = new FakeRegistry();
    @AutoClose
    private final FakeRegistry files = new FakeRegistry(RegistrySettings.DEFAULTS.withoutRedirects());

    @AutoClose
    private final StateDirectory state;
    private final Digest layer;
    private final String url;
    private final byte[] manifest;

    ForeignLayerIT() throws IOException {
        state = new StateDirectory("frl");
        layer = random(state.at("layer"), SIZE);
        files.blob("files", layer, Content.of(state.at("layer")));
        url = files.url() + "/v2/files/blobs/" + layer;
        manifest = manifest();
    }

    @BeforeEach
    void publish() {
        registry.tag(REPOSITORY, TAG, registry.manifest(REPOSITORY, TYPE, manifest));
    }

    @Test
    void skopeoCopiesTheImageIntoARegistryThatAllowsTheUrl() throws Exception {
        try (FreshetProcess freshet = freshet(ALLOWED);
                WritableRegistry target = new WritableRegistry(state.at("target"), URLS_ALLOWED)) {
            Command.Result copy = copy(freshet, target);

            assertThat(copy.exitCode()).as(copy.output()).isZero();
            try (RawClient copied = RawClient.get(
                    "http://" + target.authority() + "/v2/" + REPOSITORY + "/manifests/" + TAG, "Accept", TYPE)) {
                assertThat(copied.readAll()).isEqualTo(manifest);
            }
        }
    }

    @Test
    void skopeoFailsWithARegistryThatDoesNot() throws Exception {
        try (FreshetProcess freshet = freshet(ALLOWED);
                WritableRegistry target = new WritableRegistry(state.at("target"), "")) {
            Command.Result copy = copy(freshet, target);

            assertThat(copy.exitCode()).as(copy.output()).isNotZero();
            assertThat(copy.output()).contains("uploading manifest " + TAG, "500 Internal Server Error");
            assertThat(target.output()).anyMatch(line -> line.contains("invalid URL on layer"));
        }
    }

    @Test
    void theLayerComesFromItsUrlOnceAndThenFromTheStore() throws Exception {
        try (FreshetProcess freshet = freshet(ALLOWED)) {
            String base = "http://" + freshet.authority() + "/v2/docker.io/" + REPOSITORY;
            try (RawClient asked = RawClient.get(base + "/manifests/" + TAG, "Accept", TYPE)) {
                assertThat(asked.readAll()).isEqualTo(manifest);
            }

            try (RawClient range = RawClient.get(base + "/blobs/" + layer, "Range", "bytes=99999990-")) {
                assertThat(range.status()).isEqualTo(206);
                assertThat(range.header("Content-Range")).isEqualTo("bytes 99999990-99999999/" + SIZE);
            }
            try (RawClient cold = RawClient.get(base + "/blobs/" + layer)) {
                assertThat(cold.status()).isEqualTo(200);
                assertThat(cold.header("Content-Length")).isEqualTo("" + SIZE);
                assertThat(cold.readDigest()).isEqualTo(layer);
            }
            awaitNoFills(freshet);
            int asked = files.traffic().of(Endpoint.BLOB).size();
            files.stop();
            try (RawClient warm = RawClient.get(base + "/blobs/" + layer)) {
                assertThat(warm.header("Cache-Status")).isEqualTo("freshet; hit");
                assertThat(warm.readDigest()).isEqualTo(layer);
            }

            assertThat(files.traffic().of(Endpoint.BLOB)).hasSize(asked)
                    .noneMatch(seen -> seen.request().header("Authorization").isPresent());
        }
    }

    @Test
    void withoutConfigurationTheLayerIsRefusedWithTheLineThatWouldAllowIt() throws Exception {
        try (FreshetProcess freshet = freshet()) {
            String base = "http://" + freshet.authority() + "/v2/docker.io/" + REPOSITORY;
            try (RawClient asked = RawClient.get(base + "/manifests/" + TAG, "Accept", TYPE)) {
                assertThat(asked.status()).isEqualTo(200);
            }

            try (RawClient refused = RawClient.get(base + "/blobs/" + layer)) {
                assertThat(refused.status()).isEqualTo(404);
                assertThat(refused.readAll()).asString(StandardCharsets.UTF_8).contains("BLOB_UNKNOWN", url,
                        "foreign-layers.allow is empty", "foreign-layers: { allow: ['^http://127");
            }

            assertThat(files.traffic().all()).isEmpty();
        }
    }

    private FreshetProcess freshet(String... settings) throws IOException {
        return new FreshetProcess(state, new FakeUpstream(registry, List.of(files.authority())), settings);
    }

    /** Readers have everything before the commit: only after it is the layer stored. */
    private static void awaitNoFills(FreshetProcess freshet) throws IOException {
        String metrics;
        do {
            try (RawClient scrape = RawClient.get("http://" + freshet.adminAuthority() + "/metrics")) {
                metrics = new String(scrape.readAll(), StandardCharsets.UTF_8);
            }
        } while (!metrics.contains("freshet_fills_active 0"));
    }

    private Command.Result copy(FreshetProcess freshet, WritableRegistry target) throws IOException {
        Command skopeo = new Command(List.of(Tool.SKOPEO.path(), "--insecure-policy", "--tmpdir",
                state.path().toString(), "--registries.d", state.path().toString()), Client.CUT_OFF, state.path());
        return skopeo.and("copy", "--src-tls-verify=false", "--dest-tls-verify=false",
                "docker://" + freshet.authority() + "/docker.io/" + REPOSITORY + ":" + TAG,
                "docker://" + target.authority() + "/" + REPOSITORY + ":" + TAG).run();
    }

    private byte[] manifest() throws IOException {
        List<byte[]> small = IntStream.range(0, 5).mapToObj(ForeignLayerIT::gzipped).toList();
        String diffs = IntStream.range(0, 6).mapToObj("\"sha256:%064x\""::formatted).collect(Collectors.joining(","));
        byte[] config = """
                {"architecture":"amd64","os":"windows","os.version":"10.0.17763.1817","config":{},
                "rootfs":{"type":"layers","diff_ids":[%s]},"history":[]}""".formatted(diffs)
                .getBytes(StandardCharsets.UTF_8);
        String layers = small.stream().map(content -> descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip",
                registry.blob(REPOSITORY, content), content.length, "")).collect(Collectors.joining(","));
        return """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s,%s]}""".formatted(TYPE,
                descriptor("application/vnd.docker.container.image.v1+json", registry.blob(REPOSITORY, config),
                        config.length, ""),
                descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", layer, SIZE,
                        ",\"urls\":[\"" + url + "\"]"),
                layers).getBytes(StandardCharsets.UTF_8);
    }

    private static String descriptor(String type, Digest digest, int size, String more) {
        return "{\"mediaType\":\"%s\",\"size\":%d,\"digest\":\"%s\"%s}".formatted(type, size, digest, more);
    }

    private static byte[] gzipped(int seed) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            byte[] content = new byte[10_240];
            new SplittableRandom(seed).nextBytes(content);
            out.write(content);
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot be written", e);
        }
        return zipped.toByteArray();
    }

    private static Digest random(Path file, int size) throws IOException {
        MessageDigest sum = Digest.Algorithm.SHA256.newHash();
        SplittableRandom random = new SplittableRandom(size);
        byte[] piece = new byte[1 << 20];
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), sum)) {
            for (int left = size; left > 0; left -= Math.min(left, piece.length)) {
                random.nextBytes(piece);
                out.write(piece, 0, Math.min(left, piece.length));
            }
        }
        return new Digest(Digest.Algorithm.SHA256, HexFormat.of().formatHex(sum.digest()));
    }
}
