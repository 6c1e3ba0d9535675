package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.Auth;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Framing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Manifests that lie, or are none. */
class HostileManifestTest {

    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final int MOST = 4 * 1024 * 1024;

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    @DisplayName("N-06: a manifest by digest that hashes differently is refused and not kept")
    void aWrongManifestIsRefused() {
        Digest digest = proxy.registry().manifest(REPO, TYPE, Bytes.of("{\"a\":1}"));
        proxy.registry().when(On.every(Endpoint.MANIFEST), new Fault.WithBody(Content.of("{\"a\":2}")));

        Got got = proxy.manifest(digest.toString());
        proxy.registry().heal();
        Got healed = proxy.manifest(digest.toString());

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.header("Docker-Content-Digest")).isEmpty();
        assertThat(healed.digest()).isEqualTo(digest);
    }

    @Test
    @DisplayName("N-07: of a manifest by tag whose digest header lies, the body's hash wins")
    void theBodysHashWins() {
        Digest digest = proxy.registry().manifest(REPO, TYPE, Bytes.of("{\"a\":1}"));
        proxy.registry().tag(REPO, "latest", digest);
        proxy.registry().when(On.every(Endpoint.MANIFEST),
                Fault.header("Docker-Content-Digest", Digest.sha256(Bytes.of("lie")).toString()));

        Got cold = proxy.manifest("latest");
        proxy.clock().advance(Duration.ofDays(1));
        Got later = proxy.manifest("latest");

        assertThat(List.of(cold, later)).extracting(got -> got.header("Docker-Content-Digest"))
                .containsOnly(digest.toString());
    }

    @Test
    @DisplayName("N-07: a HEAD that lied does not spoil the GET after it")
    void aLyingHeadDoesNotSpoilTheGet() {
        Digest digest = proxy.registry().manifest(REPO, TYPE, Bytes.of("{\"a\":1}"));
        proxy.registry().tag(REPO, "latest", digest);
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"),
                Fault.header("Docker-Content-Digest", Digest.sha256(Bytes.of("lie")).toString()));

        proxy.client().head(proxy.url("manifests/latest"));
        Got got = proxy.manifest("latest");

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {TYPE, "application/vnd.oci.image.index.v1+json", "application/json"})
    @DisplayName("N-08: a document with both manifests and layers keeps the type it came under")
    void anAmbiguousDocumentIsNeverRetyped(String type) {
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, type,
                Bytes.of("{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}")));

        Got cold = proxy.manifest("latest");
        Got warm = proxy.manifest("latest");

        assertThat(List.of(cold, warm)).extracting(got -> got.header("Content-Type")).containsOnly(type);
    }

    @Test
    @DisplayName("N-10: a manifest of 4 MiB is served, one of a byte more is refused, whether it says so or not")
    void theBoundIsFourMebibytes() {
        Digest most = proxy.registry().manifest(REPO, TYPE, padded(MOST));
        Digest more = proxy.registry().manifest(REPO, TYPE, padded(MOST + 1));
        proxy.registry().when(On.every(Endpoint.MANIFEST).digest(more).from(5), new Fault.Framed(Framing.CHUNKED));

        Got served = proxy.manifest(most.toString());
        Got stated = proxy.manifest(more.toString());
        Got chunked = proxy.manifest(more.toString());

        assertThat(served.digest()).isEqualTo(most);
        assertThat(List.of(stated, chunked)).extracting(Got::status).containsOnly(502);
    }

    @ParameterizedTest
    @EnumSource(Framing.class)
    @DisplayName("N-10: one of a gibibyte is given up after four mebibytes, whether it says so or not")
    void aManifestWithoutEndIsGivenUp(Framing framing) {
        Digest digest = proxy.registry().manifest(REPO, TYPE, Bytes.of("{\"a\":1}"));
        proxy.registry().when(On.every(Endpoint.MANIFEST), new Fault.WithBody(spaces(1L << 30)),
                new Fault.Framed(framing));

        Got got = proxy.manifest(digest.toString());
        proxy.registry().heal();

        proxy.registry().traffic().awaitIdle();
        int tries = proxy.registry().traffic().of(Endpoint.MANIFEST).size();
        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("longer than 4194304 bytes");
        assertThat(proxy.registry().traffic().bytesSent(Endpoint.MANIFEST)).isLessThan(tries * 16L * Bytes.MIB);
        assertThat(proxy.manifest(digest.toString()).digest()).isEqualTo(digest);
    }

    static Stream<String> noManifests() {
        return Stream.of("", "not json", "null", "[]", "\"text\"", "{\"layers\":{}}", "{\"config\":",
                "[".repeat(1_000_000),
                "{\"a\":".repeat(500_000), "{\"layers\":" + "[".repeat(500_000));
    }

    @ParameterizedTest
    @MethodSource("noManifests")
    @DisplayName("N-11: what is no manifest, or nested without end, is 502")
    void whatIsNoManifestIsRefused(String body) {
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, TYPE, Bytes.of(body)));

        Got got = proxy.manifest("latest");

        assertThat(got.status()).isEqualTo(502);
    }

    @Test
    @DisplayName("N-11: a million entries are served as they are, and no more of them are believed than is sane")
    void aMillionEntriesAreBounded() {
        byte[] body = Bytes.of("{\"layers\":[" + "{},".repeat(1_000_000) + "{}]}");
        Digest digest = proxy.registry().manifest(REPO, TYPE, body);

        assertThat(proxy.manifest(digest.toString()).digest()).isEqualTo(digest);
    }

    @Test
    @DisplayName("U-09: a login page in place of a manifest is 502, under no digest")
    void aLoginPageIsNoManifest() {
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, TYPE, Bytes.of("{}")));
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.loginPage());

        Got got = proxy.manifest("latest");

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.header("Docker-Content-Digest")).isEmpty();
    }

    @Test
    @DisplayName("Bytes of an annotation that are no UTF-8 are passed on, and the layers are known")
    void anAnnotationMayHoldAnyBytes() {
        byte[] layer = Bytes.of("a layer");
        Digest digest = proxy.registry().blob(REPO, layer);
        byte[] manifest = """
                {"schemaVersion":2,"annotations":{"x":"\u00e9\u00ff\u00c0\u00a2"},"layers":[{"mediaType":"%s","digest":"%s","size":%d}]}"""
                .formatted("application/vnd.oci.image.layer.v1.tar", digest, layer.length)
                .getBytes(StandardCharsets.ISO_8859_1);
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, TYPE, manifest));

        Got head = proxy.client().head(proxy.url("manifests/latest"));
        Got got = proxy.manifest("latest");
        Got blob = proxy.blob(digest);

        assertThat(head.status()).isEqualTo(200);
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(manifest);
        assertThat(blob.body()).isEqualTo(layer);
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).as("no HEAD: the manifest has linked it")
                .noneMatch(seen -> seen.method().equals("HEAD"));
    }

    @Test
    @DisplayName("U-15: a compressed manifest is refused")
    void aCompressedManifestIsRefused() {
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, TYPE, Bytes.of("{}")));
        proxy.registry().when(On.every(Endpoint.MANIFEST), new Fault.Gzipped());

        assertThat(proxy.manifest("latest").status()).isEqualTo(502);
    }

    @Test
    @DisplayName("U-10: a manifest of unknown length is served, and its head is")
    void aManifestWithoutALengthIsServed() {
        byte[] body = Bytes.of("{\"schemaVersion\":2,\"layers\":[]}");
        Digest digest = proxy.registry().manifest(REPO, TYPE, body);
        proxy.registry().when(On.every(Endpoint.MANIFEST), new Fault.Framed(Framing.UNTIL_CLOSE));

        Got head = proxy.client().head(proxy.url("manifests/" + digest));
        Got got = proxy.manifest(digest.toString());

        assertThat(head.status()).isEqualTo(200);
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("U-16: a small gzip that would become a quarter of a gigabyte of JSON is refused as it came")
    void aBombIsNotInflated(boolean saysSo) {
        byte[] bomb = gzipped(256 * Bytes.MIB);
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, TYPE, Bytes.of("{}")));
        proxy.registry().when(On.every(Endpoint.MANIFEST), new Fault.WithBody(Content.of(bomb)),
                saysSo ? Fault.header("Content-Encoding", "gzip") : Fault.header("X-Encoding", "none"));

        Got got = proxy.manifest("latest");

        assertThat(got.status()).isEqualTo(502);
        assertThat(proxy.metric("freshet_upstream_bytes_total")).isLessThanOrEqualTo(4L * bomb.length);
        proxy.registry().heal();
        assertThat(proxy.manifest("latest").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("U-16: nor is one in place of a token")
    void aBombInPlaceOfATokenIsNotInflated() {
        Digest digest = proxy.registry().blob(REPO, Bytes.of("content"));
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(Duration.ofHours(1))));
        proxy.registry().when(On.every(Endpoint.TOKEN), new Fault.WithBody(Content.of(gzipped(256 * Bytes.MIB))),
                Fault.header("Content-Encoding", "gzip"));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(503);
        assertThat(got.text()).contains("its answer is");
        proxy.heals(digest, Bytes.of("content"));
    }

    /** So many spaces, which is what JSON may begin with. */
    private static byte[] gzipped(int length) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] spaces = Bytes.of(" ".repeat(Bytes.MIB));
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (int written = 0; written < length; written += spaces.length) {
                gzip.write(spaces);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("compressing failed", e);
        }
        return bytes.toByteArray();
    }

    private static Content spaces(long length) {
        return new Content() {

            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open(long position) {
                return new InputStream() {

                    private long left = length - position;

                    @Override
                    public int read() {
                        return left-- > 0 ? ' ' : -1;
                    }

                    @Override
                    public int read(byte[] bytes, int offset, int count) {
                        int some = (int) Math.min(count, left);
                        Arrays.fill(bytes, offset, offset + some, (byte) ' ');
                        left -= some;
                        return some == 0 ? -1 : some;
                    }
                };
            }
        };
    }

    private static byte[] padded(int length) {
        return Bytes.of("{" + " ".repeat(length - 2) + "}");
    }
}
