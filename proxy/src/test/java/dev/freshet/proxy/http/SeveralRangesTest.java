package dev.freshet.proxy.http;

import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.proxy.http.RequestEnded.Outcome;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Gate;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests for several parts of a blob: as many come, in that order, or everything does. */
class SeveralRangesTest extends DataPortKit {

    private static final byte[] BIG = BlobStoreKit.bytes(9, 30_000_000);

    @Test
    void eachPartComesWithItsTypeAndItsPlace() throws Exception {
        RawAnswer cold = get(BLOB, "Range: bytes=5-9,0-0,199990-300000,-1");
        RawAnswer warm = get(BLOB, "Range: bytes=5-9,0-0,199990-300000,-1");

        for (RawAnswer answer : new RawAnswer[]{cold, warm}) {
            assertThat(ReceivedPart.of(answer)).containsExactly(part(5, 9), part(0, 0), part(199_990, 199_999),
                    part(199_999, 199_999));
            assertThat(answer.header("Content-Length")).contains(Integer.toString(answer.body().length()));
            assertThat(answer.header("Accept-Ranges")).contains("bytes");
            assertThat(answer.header("Docker-Content-Digest")).contains(LAYER_DIGEST.toString());
        }
    }

    @Test
    void partsThatDoNotExistAreLeftOut() throws Exception {
        RawAnswer answer = get(BLOB, "Range: bytes=200000-,0-0,-0,7-8");

        assertThat(ReceivedPart.of(answer)).containsExactly(part(0, 0), part(7, 8));
    }

    @Test
    void theOnlyPartThatExistsComesAsIfItHadBeenAskedForAlone() throws Exception {
        RawAnswer answer = get(BLOB, "Range: bytes=200000-,3-4");

        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.header("Content-Range")).contains("bytes 3-4/200000");
        assertThat(answer.header("Content-Type")).contains("application/octet-stream");
        assertThat(answer.body()).isEqualTo(part(3, 4).body());
    }

    @Test
    void whenNoPartExistsTheLengthIsSaid() throws Exception {
        RawAnswer answer = get(BLOB, "Range: bytes=200000-,300000-300001");

        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.header("Content-Range")).contains("bytes */200000");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"bytes=0-0", "bytes=0-", "bytes=-1", "bytes=0-0,5-9"})
    void ofAnEmptyBlobEverythingIsGiven(String range) throws Exception {
        String path = "/v2/lab/app/blobs/" + registry.blob("app", new byte[0]);

        RawAnswer answer = get(path, "Range: " + range);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Length")).contains("0");
    }

    @Test
    void moreRangesThanAnyClientSendsGiveEverythingOnce() throws Exception {
        RawAnswer answer = get(BLOB, "Range: bytes=" + "0-0,".repeat(1024) + "0-0");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(text(LAYER));
    }

    @Test
    void twoHeadersOfRangesGiveEverything() throws Exception {
        RawAnswer answer = get(BLOB, "Range: bytes=0-0", "Range: bytes=5-5");

        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void headIgnoresThem() throws Exception {
        RawAnswer answer = head(BLOB, "Range: bytes=0-0,5-9");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Length")).contains("200000");
    }

    @Test
    void anOldClientGetsThemToo() throws Exception {
        try (RawClient client = client()) {
            RawAnswer answer = client.request("GET " + BLOB + " HTTP/1.0", "Range: bytes=0-0,5-9").answer();

            assertThat(ReceivedPart.of(answer)).containsExactly(part(0, 0), part(5, 9));
        }
    }

    @Test
    void theConnectionGoesOnAfterThem() throws Exception {
        try (RawClient client = client()) {
            RawAnswer first = client.get(BLOB, "Range: bytes=0-0,5-9").answer();
            RawAnswer second = client.get(BLOB, "Range: bytes=1-1,199999-").answer();

            assertThat(ReceivedPart.of(first)).hasSize(2);
            assertThat(ReceivedPart.of(second)).containsExactly(part(1, 1), part(199_999, 199_999));
        }
        assertThat(log.await(2).outcome()).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    void theLogCountsWhatWasSent() throws Exception {
        RawAnswer answer = get(BLOB, "Range: bytes=0-0,5-9");

        assertThat(log.await(1).bytes()).isEqualTo(answer.body().length());
    }

    @Test
    void partsOfManyBuffersComeWhole() throws Exception {
        String path = big();
        get(path);
        log.await(1);
        awaitCommits();

        RawAnswer answer = get(path, "Range: bytes=20000000-29999999,1-9999999,5-5");

        assertThat(ReceivedPart.of(answer)).extracting(ReceivedPart::body).containsExactly(
                text(Arrays.copyOfRange(BIG, 20_000_000, 30_000_000)), text(Arrays.copyOfRange(BIG, 1, 10_000_000)),
                text(Arrays.copyOfRange(BIG, 5, 6)));
    }

    @Test
    void aReaderThatPausesGetsTheRestOfThemThen() throws Exception {
        String path = big();
        get(path);
        log.await(1);
        awaitCommits();
        try (RawClient client = client()) {
            String begin = text(client.get(path, "Range: bytes=20000000-29999999,1-9999999", "Connection: close")
                    .some(2_000_000));
            while (largeBuffers.taken() == 0 || largeBuffers.out() > 0) {
                Thread.onSpinWait();
            }

            String all = begin + client.rest();

            int end = all.indexOf("\r\n\r\n") + 4;
            RawAnswer answer = RawAnswer.parse(all.substring(0, end),
                    all.substring(end).getBytes(StandardCharsets.ISO_8859_1));
            assertThat(ReceivedPart.of(answer)).extracting(ReceivedPart::body).containsExactly(
                    text(Arrays.copyOfRange(BIG, 20_000_000, 30_000_000)),
                    text(Arrays.copyOfRange(BIG, 1, 10_000_000)));
        }
    }

    @Test
    void contentThatFailsCutsThemOff() throws Exception {
        Gate gate = new Gate();
        registry.when(On.every(Endpoint.BLOB).method("GET").nth(2), Fault.status(404));
        registry.when(On.every(Endpoint.BLOB).method("GET").nth(2), Fault.slowHead(gate));
        try (RawClient client = client()) {
            client.get(BLOB, "Range: bytes=0-999,199000-");
            String begin = text(client.some(1000));
            gate.open();

            String everything = begin + client.rest();

            assertThat(everything).startsWith("HTTP/1.1 206 ").doesNotContain("--\r\n");
        }
        assertThat(log.await(1).outcome()).isEqualTo(Outcome.CUT);
    }

    private String big() {
        return "/v2/lab/app/blobs/" + registry.blob("app", BIG);
    }

    private static ReceivedPart part(int first, int last) {
        return new ReceivedPart("application/octet-stream", "bytes " + first + "-" + last + "/" + LAYER.length,
                text(Arrays.copyOfRange(LAYER, first, last + 1)));
    }
}
