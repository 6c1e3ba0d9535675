package dev.freshet.proxy.http;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.proxy.http.RequestEnded.Outcome;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Gate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients that go away, and content that fails, in the middle of a body; the kit checks that nothing is left open. */
class DisconnectTest extends DataPortKit {

    private static final byte[] BIG = BlobStoreKit.bytes(9, 30_000_000);

    @Test
    void aClientThatLeavesAStoredBlobLeavesNothingOpen() throws Exception {
        String path = big();
        get(path);
        log.await(1);
        awaitCommits();

        try (RawClient client = client()) {
            client.get(path).some(1000);
            client.reset();
        }

        RequestEnded entry = log.await(1);
        assertThat(entry.outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(entry.bytes()).isLessThan(BIG.length);
    }

    @Test
    void aClientThatLeavesAFillLeavesNothingOpenAndTheFillGoesOn() throws Exception {
        Gate gate = new Gate();
        registry.when(On.every(Endpoint.BLOB).method("GET"), new Fault.HoldAt(1000, gate));
        String path = big();
        try (RawClient client = client()) {
            client.get(path).some(100);
            gate.awaitArrivals(1);
            client.reset();
        }

        gate.open();

        assertThat(log.await(1).outcome()).isEqualTo(Outcome.CLIENT_GONE);
        assertThat(get(path).body()).hasSize(BIG.length);
        assertThat(registry.traffic().of(Endpoint.BLOB)).hasSize(1);
    }

    @Test
    void contentThatFailsCutsTheConnectionBeforeTheLastByte() throws Exception {
        Gate gate = new Gate();
        registry.when(On.every(Endpoint.BLOB).method("GET"), new Fault.HoldAt(LAYER.length - 10, gate));
        try (RawClient client = client()) {
            client.get(lie());
            String begin = text(client.some(1000));
            gate.open();

            String everything = begin + client.rest();

            assertThat(everything).startsWith("HTTP/1.1 200 ").contains("Content-Length: 200000");
            assertThat(everything.substring(everything.indexOf("\r\n\r\n") + 4).length()).isLessThan(LAYER.length);
        }
        RequestEnded entry = log.await(1);
        assertThat(entry.outcome()).isEqualTo(Outcome.CUT);
        assertThat(entry.why()).contains("instead");
        assertThat(store.usage().objects()).isZero();
    }

    @Test
    void contentThatFailsAtOnceIsAnsweredOrCutAndNeverWhole() throws Exception {
        String lie = lie();
        for (int i = 0; i < 100; i++) {
            try (RawClient client = client()) {
                String everything = client.get(lie, "Connection: close").rest();

                boolean isRefused = everything.startsWith("HTTP/1.1 502 ");
                assertThat(everything).startsWith(isRefused ? "HTTP/1.1 502 " : "HTTP/1.1 200 ");
                String body = everything.substring(everything.indexOf("\r\n\r\n") + 4);
                assertThat(body.length()).isLessThan(LAYER.length);
                assertThat(body.startsWith("{\"errors\"")).isEqualTo(isRefused);
                assertThat(everything.contains("ETag")).isEqualTo(!isRefused);
            }
        }
    }

    private String lie() {
        Digest lie = Digest.sha256("something else".getBytes(StandardCharsets.UTF_8));
        registry.blob("app", lie, Content.of(LAYER));
        return "/v2/lab/app/blobs/" + lie;
    }

    @Test
    void aReaderThatTakesNothingHoldsUpNoOther() throws Exception {
        String path = big();
        try (RawClient idle = client()) {
            idle.get(path);

            assertThat(get(path).body()).hasSize(BIG.length);
            assertThat(buffers.out()).isLessThanOrEqualTo(1);
            idle.reset();
        }
        log.await(2);
    }

    @Test
    void aReaderOfStoredContentThatPausesKeepsNoLargeBufferAndThenGetsTheRest() throws Exception {
        String path = big();
        get(path);
        log.await(1);
        awaitCommits();
        try (RawClient client = client()) {
            String begin = text(client.get(path, "Connection: close").some(2_000_000));

            while (largeBuffers.taken() == 0 || largeBuffers.out() > 0) {
                Thread.onSpinWait();
            }
            RawAnswer meanwhile = get(BLOB);
            String end = client.rest();

            assertThat(meanwhile.body()).hasSize(LAYER.length);
            String body = begin.substring(begin.indexOf("\r\n\r\n") + 4) + end;
            assertThat(body.equals(text(BIG))).as("the whole body came").isTrue();
        }
    }

    @Test
    void manyAnswersOnOneConnectionLeaveNothingOpen() throws Exception {
        try (RawClient client = client()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.get(BLOB).answer().body()).hasSize(LAYER.length);
            }
        }
        assertThat(log.await(20).outcome()).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    void theLogTellsWhatWasAskedAndWhatBecameOfIt() throws Exception {
        get(BLOB, "User-Agent: test/1");

        RequestEnded entry = log.await(1);

        assertThat(entry.client()).isEqualTo("127.0.0.1");
        assertThat(entry.method()).isEqualTo("GET");
        assertThat(entry.path()).isEqualTo(BLOB);
        assertThat(entry.userAgent()).isEqualTo("test/1");
        assertThat(entry.status()).isEqualTo(200);
        assertThat(entry.bytes()).isEqualTo(LAYER.length);
        assertThat(entry.elapsed()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
        assertThat(entry.why()).isNull();
    }

    private String big() {
        return "/v2/lab/app/blobs/" + registry.blob("app", BIG);
    }
}
