package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Download;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.wire.Gate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Clients give up after 20 s without a head, so they have one before, and the fill goes on trying. */
class SlowHeadTest {

    private static final byte[] BLOB = Bytes.random(Bytes.MIB);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Gate gate = new Gate();

    @AfterEach
    void endThreads() {
        gate.open();
        threads.close();
    }

    @Test
    @DisplayName("A manifest has told the size: status and headers leave after 10 s, and the body when it comes")
    void aHeadOfKnownLengthLeavesAfterTenSeconds() throws Exception {
        Digest digest = proxy.layer(BLOB);
        proxy.registry().when(On.storage(), Fault.slowHead(gate));
        Future<Download> begun = threads.submit(() -> proxy.client().stream(proxy.url("blobs/" + digest)));
        gate.awaitArrivals(1);

        proxy.pace().advance(Duration.ofSeconds(10));
        gate.awaitArrivals(2);

        try (Download download = begun.get(60, TimeUnit.SECONDS)) {
            assertThat(download.status()).isEqualTo(200);
            assertThat(download.headers().first("Content-Length")).hasValue("" + BLOB.length);
            assertThat(download.headers().first("Docker-Content-Digest")).hasValue(digest.toString());
            gate.open();
            assertThat(rest(download)).isEqualTo(BLOB);
        }
        assertThat(proxy.registry().traffic().storageGets()).hasSize(2);
        assertThat(proxy.metric("freshet_fills_total")).isEqualTo(1);
    }

    @Test
    @DisplayName("P-24: so does the head of a part")
    void aHeadOfAPartLeavesAfterTenSeconds() throws Exception {
        Digest digest = proxy.layer(BLOB);
        proxy.registry().when(On.storage(), Fault.slowHead(gate));
        Future<Download> begun = threads.submit(
                () -> proxy.client().stream(proxy.url("blobs/" + digest), "Range", "bytes=100-199"));
        gate.awaitArrivals(1);

        proxy.pace().advance(Duration.ofSeconds(10));

        try (Download download = begun.get(60, TimeUnit.SECONDS)) {
            assertThat(download.status()).isEqualTo(206);
            assertThat(download.headers().first("Content-Range")).hasValue("bytes 100-199/" + BLOB.length);
            gate.open();
            assertThat(rest(download)).isEqualTo(Arrays.copyOfRange(BLOB, 100, 200));
        }
    }

    @Test
    @DisplayName("An unknown size: 504 after 15 s, and the fill goes on for who comes next")
    void withoutALengthItIs504AfterFifteenSeconds() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), Fault.slowHead(gate));
        Future<Got> begun = proxy.client().begin(proxy.url("blobs/" + digest));
        gate.awaitArrivals(1);

        proxy.pace().advance(Duration.ofSeconds(15));

        Got got = Client.await(begun);
        assertThat(got.status()).isEqualTo(504);
        assertThat(got.text()).contains("UNAVAILABLE").contains("has not answered for 15 s");
        assertThat(got.header("Retry-After")).isNotEmpty();
        gate.open();
        proxy.awaitNoFills();
        Got next = proxy.blob(digest);
        assertThat(next.header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(next.digest()).isEqualTo(digest);
        assertThat(proxy.metric("freshet_fills_total")).isEqualTo(1);
    }

    @Test
    @DisplayName("P-19: a client that only asks whether it is there waits no longer than for the blob itself")
    void aProbeIsNotTriedForLongerThanClientsWait() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), Fault.slowHead(gate));
        Future<Got> begun = threads.submit(() -> proxy.client().head(proxy.url("blobs/" + digest)));
        gate.awaitArrivals(1);

        proxy.pace().advance(Duration.ofSeconds(15));

        assertThat(Client.await(begun).status()).isEqualTo(504);
        assertThat(proxy.registry().traffic().storageGets()).hasSize(1);
        proxy.heals(digest, BLOB);
    }

    private static byte[] rest(Download download) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece = download.read(); piece.length > 0; piece = download.read()) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }
}
