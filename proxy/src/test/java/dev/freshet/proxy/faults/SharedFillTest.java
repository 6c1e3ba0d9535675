package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Download;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Gate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/** Many clients and one blob: one fill, one outcome, while clients come and go; and what ranges and heads make of it. */
class SharedFillTest {

    private static final byte[] BLOB = Bytes.random(2 * Bytes.MIB);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    @DisplayName("C-02: the first reader leaves, and the fill goes on")
    void theFirstReaderLeaves() throws IOException {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), new Fault.HoldAt(Bytes.MIB, gate));

        try (var first = proxy.client().stream(proxy.url("blobs/" + digest))) {
            assertThat(first.read()).isNotEmpty();
        }
        gate.open();
        proxy.awaitNoFills();
        Got got = proxy.blob(digest);

        assertThat(got.digest()).isEqualTo(digest);
        assertThat(got.header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(proxy.registry().traffic().storageGets()).hasSize(1);
    }

    @Test
    @DisplayName("C-04: the upstream fails for good in the middle, and every reader is cut off")
    void everyReaderIsCutOff() throws IOException {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), new Fault.HoldAt(Bytes.MIB, gate), Fault.cutAt(Bytes.MIB));
        proxy.registry().when(On.every(Endpoint.BLOB).from(3), Fault.status(404));

        List<Download> begun = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            begun.add(proxy.client().stream(proxy.url("blobs/" + digest)));
        }
        proxy.await("8 readers", () -> proxy.metric("freshet_fill_readers") == 8);
        gate.awaitArrivals(1);
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.status(404));
        gate.open();

        assertThat(begun).allSatisfy(download -> {
            assertThat(download.status()).isEqualTo(200);
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            assertThatIOException().isThrownBy(() -> {
                for (byte[] piece = download.read(); piece.length > 0; piece = download.read()) {
                    body.writeBytes(piece);
                }
            });
            assertThat(BLOB).startsWith(body.toByteArray());
            download.close();
        });
        proxy.heals(digest, BLOB);
    }

    @ParameterizedTest
    @CsvSource({"404,404,refused-not-found", "401,403,refused-unauthorized", "403,403,refused-forbidden",
            "429,429,refused-rate-limited"})
    @DisplayName("C-06: a refusal reaches all who wait, at once, and says which it is")
    void aRefusalReachesAll(int status, int told, String end) {
        Digest digest = proxy.layer(BLOB);
        Gate gate = new Gate();
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.status(status), Fault.slowHead(gate));
        List<Future<Got>> begun = IntStream.range(0, 16)
                .mapToObj(i -> proxy.client().begin(proxy.url("blobs/" + digest))).toList();
        gate.awaitArrivals(1);
        proxy.await("16 readers", () -> proxy.metric("freshet_fill_readers") == 16);

        gate.open();

        assertThat(begun).extracting(Client::await).extracting(Got::status).containsOnly(told);
        assertThat(proxy.pace().pauses()).isEmpty();
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).hasSize(1);
        proxy.awaitNoFills();
        assertThat(proxy.metric("freshet_fills_ended_total", "end=\"" + end + "\"")).isEqualTo(1);
        assertThat(proxy.log()).anyMatch(line -> line.startsWith("WARN fill") && line.contains(end));
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("C-10, P-19, P-24: GET, Range and HEAD at once on a cold blob are one fill, and the range does not wait")
    void everythingAtOnceIsOneFill() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        Gate gate = new Gate();
        proxy.registry().when(On.storage().where(r -> r.header("Range").isEmpty()), new Fault.HoldAt(Bytes.MIB, gate));

        Future<Got> whole = proxy.client().begin(proxy.url("blobs/" + digest));
        gate.awaitArrivals(1);
        Got first = proxy.blob(digest, "Range", "bytes=0-0");
        Got head = proxy.client().head(proxy.url("blobs/" + digest));
        Future<Got> last = proxy.client().begin(proxy.url("blobs/" + digest), "Range", "bytes=-1");
        gate.open();

        assertThat(first.status()).isEqualTo(206);
        assertThat(first.body()).containsExactly(BLOB[0]);
        assertThat(first.header("Content-Range")).isEqualTo("bytes 0-0/" + BLOB.length);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo("" + BLOB.length);
        assertThat(Client.await(whole).digest()).isEqualTo(digest);
        assertThat(Client.await(last).body()).containsExactly(BLOB[BLOB.length - 1]);
        assertThat(proxy.metric("freshet_fills_total")).isEqualTo(1);
    }

    @Test
    @DisplayName("P-19: HEAD of a cold blob or manifest downloads neither")
    void aHeadDownloadsNothing() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        Digest manifest = proxy.registry().manifest(REPO, "application/vnd.oci.image.index.v1+json", Bytes.of("{}"));

        Got blob = proxy.client().head(proxy.url("blobs/" + digest));
        Got head = proxy.client().head(proxy.url("manifests/" + manifest));

        assertThat(blob.header("Content-Length")).isEqualTo("" + BLOB.length);
        assertThat(head.header("Content-Length")).isEqualTo("2");
        assertThat(head.header("Docker-Content-Digest")).isEqualTo(manifest.toString());
        assertThat(proxy.registry().traffic().bytesSent(Endpoint.STORAGE)).isEqualTo(1);
        assertThat(proxy.registry().traffic().bytesSent(Endpoint.MANIFEST)).isZero();
    }

    /**
     * What is asked for, and what is answered.
     *
     * @param range the field of the request
     * @param status the status of the answer
     * @param from where its body begins in the blob
     * @param to where it ends
     */
    private record Ranged(String range, int status, int from, int to) {}

    private static List<Ranged> ranges() {
        int n = BLOB.length;
        return List.of(new Ranged("bytes=0-0", 206, 0, 1), new Ranged("bytes=0-", 206, 0, n),
                new Ranged("bytes=-1", 206, n - 1, n), new Ranged("bytes=" + n + "-", 416, 0, 0),
                new Ranged("bytes=5-1", 200, 0, n), new Ranged("bytes=-0", 416, 0, 0),
                new Ranged("bytes=1-99999999999999999999999", 206, 1, n),
                new Ranged("bytes=99999999999999999999999-", 416, 0, 0),
                new Ranged("bytes=-99999999999999999999999", 206, 0, n), new Ranged("bytes=", 200, 0, n),
                new Ranged("bytes=-", 200, 0, n), new Ranged("items=0-1", 200, 0, n),
                new Ranged("bytes=" + (n - 1) + "-" + n, 206, n - 1, n));
    }

    /** All at once, each with a blob of its own: a fill of parts ends seconds after the last of them was wanted. */
    @Test
    @DisplayName("P-20: ranges are as RFC 9110 says, cold and warm")
    void rangesAreAsTheRfcSays() {
        List<byte[]> blobs = IntStream.range(0, ranges().size()).mapToObj(SharedFillTest::variant).toList();
        List<Digest> digests = blobs.stream().map(blob -> proxy.registry().blob(REPO, blob)).toList();

        List<Got> cold = get(digests);
        proxy.awaitNoFills();
        List<Got> warm = get(digests);

        for (int i = 0; i < blobs.size(); i++) {
            Ranged expected = ranges().get(i);
            byte[] part = Arrays.copyOfRange(blobs.get(i), expected.from, expected.to);
            assertThat(List.of(cold.get(i), warm.get(i))).as(expected.range).allSatisfy(got -> {
                assertThat(got.status()).isEqualTo(expected.status);
                assertThat(got.cut()).isFalse();
                if (got.status() == 416) {
                    assertThat(got.header("Content-Range")).isEqualTo("bytes */" + BLOB.length);
                } else {
                    assertThat(got.body()).isEqualTo(part);
                }
            });
        }
    }

    private static byte[] variant(int number) {
        byte[] blob = BLOB.clone();
        blob[BLOB.length / 2] = (byte) number;
        return blob;
    }

    private List<Got> get(List<Digest> digests) {
        return IntStream.range(0, digests.size())
                .mapToObj(i -> proxy.blob(digests.get(i), "Range", ranges().get(i).range)).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd, gzip, deflate", "identity;q=0", "*", ""})
    @DisplayName("P-26: any Accept-Encoding gets the same bytes out of one entry")
    void encodingsMakeNoDifference(String accepted) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.blob(digest);

        Got got = proxy.blob(digest, "Accept-Encoding", accepted);

        assertThat(got.digest()).isEqualTo(digest);
        assertThat(got.headers().has("Content-Encoding")).isFalse();
        assertThat(proxy.registry().traffic().storageGets()).hasSize(1);
    }

    @Test
    @DisplayName("C-11: when too many fills run and wait, one more is told to come again; hits are not affected")
    void tooManyFillsAreDeclined() {
        proxy.set("fetch.max-fills", "1");
        Digest stored = proxy.registry().blob(REPO, Bytes.of("stored"));
        proxy.blob(stored);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), Fault.slowHead(gate));
        List<Digest> digests = IntStream.range(0, 6)
                .mapToObj(i -> proxy.registry().blob(REPO, Bytes.random(100 + i))).toList();
        List<Future<Got>> begun = new ArrayList<>();
        begun.add(proxy.client().begin(proxy.url("blobs/" + digests.getFirst())));
        gate.awaitArrivals(1);
        digests.subList(1, 5).forEach(d -> begun.add(proxy.client().begin(proxy.url("blobs/" + d))));
        proxy.await("5 fills", () -> proxy.metric("freshet_fills_active") == 5);

        Got declined = proxy.blob(digests.getLast());
        Got hit = proxy.blob(stored);
        gate.open();

        assertThat(declined.status()).isEqualTo(503);
        assertThat(declined.header("Retry-After")).isNotEmpty();
        assertThat(hit.text()).isEqualTo("stored");
        assertThat(begun).extracting(Client::await).extracting(Got::digest).isEqualTo(digests.subList(0, 5));
        assertThat(proxy.blob(digests.getLast()).digest()).isEqualTo(digests.getLast());
    }

    @Test
    @DisplayName("Metrics: what is counted as received is what the upstream sent; hits cost nothing")
    void metricsTellTheTruth() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        Digest other = proxy.registry().blob(REPO, Bytes.of("other"));
        proxy.registry().tag(REPO, "latest",
                proxy.registry().manifest(REPO, "application/json", Bytes.of("{\"a\":1}")));

        proxy.manifest("latest");
        proxy.client().together(4, proxy.url("blobs/" + digest));
        proxy.blob(other);
        proxy.blob(digest);
        proxy.awaitNoFills();

        long sent = proxy.registry().traffic().bytesSent(Endpoint.STORAGE)
                + proxy.registry().traffic().bytesSent(Endpoint.MANIFEST);
        assertThat(proxy.registry().traffic().storageGets(digest).stream().filter(s -> s.range().isEmpty())).hasSize(1);
        assertThat(sent - proxy.metric("freshet_upstream_bytes_total")).isBetween(0L, 1L);
        assertThat(proxy.metric("freshet_fills_total")).isEqualTo(2);
        assertThat(proxy.metric("freshet_fills_ended_total", "end=\"complete\"")).isEqualTo(2);
        assertThat(proxy.metric("freshet_redirect_refreshes_total")).isZero();
    }
}
