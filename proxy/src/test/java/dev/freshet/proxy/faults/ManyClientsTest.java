package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.Bytes.MIB;
import static org.assertj.core.api.Assertions.assertThat;

/** Many clients of one cold blob at once: nothing is fetched twice, and everybody has the right bytes. */
class ManyClientsTest {

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void endThreads() {
        threads.close();
    }

    @Test
    @DisplayName("C-01: two hundred clients share one transfer, and the late ones start at once")
    void twoHundredClientsShareOneTransfer() throws Exception {
        byte[] blob = Bytes.random(2 * MIB);
        Digest digest = proxy.layer(blob);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), new Fault.HoldAt(MIB, gate));

        List<Future<Digest>> digests = start(150, digest, new CountDownLatch(150));
        gate.awaitArrivals(1);
        CountDownLatch late = new CountDownLatch(50);
        digests.addAll(start(50, digest, late));
        assertThat(late.await(60, TimeUnit.SECONDS)).as("late clients have bytes while the fill waits").isTrue();
        gate.open();

        for (Future<Digest> each : digests) {
            assertThat(each.get()).isEqualTo(digest);
        }
        assertThat(proxy.registry().traffic().bytesSent(Endpoint.STORAGE)).isEqualTo(blob.length);
        assertThat(proxy.metric("freshet_fills_total")).isEqualTo(1);
    }

    private List<Future<Digest>> start(int count, Digest digest, CountDownLatch started) {
        String url = proxy.url("blobs/" + digest);
        List<Future<Digest>> digests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            digests.add(threads.submit(() -> {
                try (Download download = proxy.client().stream(url)) {
                    ByteArrayOutputStream all = new ByteArrayOutputStream();
                    read(download, all, 1);
                    started.countDown();
                    read(download, all, Integer.MAX_VALUE);
                    return Digest.sha256(all.toByteArray());
                }
            }));
        }
        return digests;
    }

    @Test
    @DisplayName("C-03: when all readers leave, the fill goes on to its end and is there for the next one")
    void theFillGoesOnWithoutReaders() throws Exception {
        byte[] blob = Bytes.random(64 * MIB);
        Digest digest = proxy.layer(blob);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), new Fault.HoldAt(32L * MIB, gate));
        // More than sockets hold: a client that leaves is noticed by what cannot be written to it.
        for (int i = 0; i < 3; i++) {
            try (Download download = proxy.client().stream(proxy.url("blobs/" + digest))) {
                read(download, new ByteArrayOutputStream(), 1);
            }
        }
        proxy.await("no reader", () -> proxy.metric("freshet_fill_readers") == 0);
        assertThat(proxy.metric("freshet_fills_active")).isEqualTo(1);

        gate.open();
        proxy.awaitNoFills();

        assertThat(proxy.metric("freshet_fills_ended_total", "end=\"complete\"")).isEqualTo(1);
        assertThat(proxy.blob(digest).header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(proxy.registry().traffic().bytesSent(Endpoint.STORAGE)).isEqualTo(blob.length);
    }

    @Test
    @DisplayName("C-05: a reader that takes nothing slows neither the fill nor the others, and gets all of it in the end")
    void aSlowReaderSlowsNoOther() throws Exception {
        byte[] blob = Bytes.random(32 * MIB);
        Digest digest = proxy.layer(blob);

        try (Download slow = proxy.client().stream(proxy.url("blobs/" + digest))) {
            List<Future<Digest>> fast = start(4, digest, new CountDownLatch(4));
            for (Future<Digest> each : fast) {
                assertThat(each.get()).isEqualTo(digest);
            }
            proxy.await("the fill has ended", () -> proxy.metric("freshet_fills_ended_total", "end=\"complete\"") == 1);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            read(slow, all, Integer.MAX_VALUE);
            assertThat(Digest.sha256(all.toByteArray())).isEqualTo(digest);
        }
        assertThat(proxy.registry().traffic().bytesSent(Endpoint.STORAGE)).isEqualTo(blob.length);
    }

    @Test
    @DisplayName("P-22: a thousand ranges of a cold blob cost no more than the blob")
    void aThousandRangesCostTheBlobOnce() {
        byte[] blob = Bytes.random(2 * MIB);
        Digest digest = proxy.layer(blob);
        long before = proxy.metric("freshet_upstream_bytes_total");

        Got scattered = proxy.blob(digest, "Range", "bytes=" + IntStream.range(0, 1000)
                .mapToObj(i -> i * 2000 + "-" + i * 2000).collect(Collectors.joining(",")));
        Got overlapping = proxy.blob(digest, "Range", "bytes=" + "0-,".repeat(999) + "0-");

        assertThat(scattered.status()).isEqualTo(206);
        assertThat(scattered.body()).hasSizeLessThan(1000 * 400);
        assertThat(overlapping.status()).isEqualTo(200);
        assertThat(overlapping.digest()).isEqualTo(digest);
        assertThat(proxy.metric("freshet_upstream_bytes_total") - before).isEqualTo(blob.length);
    }

    @Test
    @DisplayName("P-25: sixteen open-ended ranges at once, each closed after a while, fetch nothing twice")
    void openEndsFetchNothingTwice() throws Exception {
        int part = 4 * MIB;
        byte[] blob = Bytes.random(16 * part);
        Digest digest = proxy.layer(blob);
        long before = proxy.metric("freshet_upstream_bytes_total");
        List<Future<byte[]>> parts = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String range = "bytes=" + i * part + "-";
            parts.add(threads.submit(() -> {
                try (Download download = proxy.client().stream(proxy.url("blobs/" + digest), "Range", range)) {
                    ByteArrayOutputStream all = new ByteArrayOutputStream();
                    read(download, all, part);
                    return all.toByteArray();
                }
            }));
        }

        for (int i = 0; i < parts.size(); i++) {
            byte[] expected = Arrays.copyOfRange(blob, i * part, (i + 1) * part);
            assertThat(Arrays.equals(parts.get(i).get(), 0, part, expected, 0, part)).as("bytes of reader %s", i)
                    .isTrue();
        }
        proxy.heals(digest, blob);
        proxy.awaitNoFills();
        assertThat(proxy.metric("freshet_upstream_bytes_total") - before).isEqualTo(blob.length);
    }

    private static void read(Download download, ByteArrayOutputStream into, int enough) throws IOException {
        byte[] piece = {0};
        while (into.size() < enough && piece.length > 0) {
            piece = download.read();
            into.writeBytes(piece);
        }
    }
}
