package dev.freshet.proxy.upstream.registry;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.proxy.upstream.UpstreamEvent.RefreshReason;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Gate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** One signed URL serves all stretches of a blob while it lives; when it dies, one asks for another, for all. */
class SharedUrlTest {

    private static final int THREADS = 8;
    private static final int STRETCH = Bytes.MIB / 2;
    private static final byte[] BLOB = Bytes.random(4 * Bytes.MIB);

    private final Lab lab = new Lab();
    private final BlobOrigin origin = lab.origin(BLOB);

    SharedUrlTest() throws IOException {}

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void eightAtOnceAskTheRegistryOnce() throws Exception {
        all();
        all();

        assertThat(lab.registryGets()).isEqualTo(1);
        assertThat(lab.storageGets()).hasSize(2 * THREADS).extracting(Seen::status).containsOnly(206);
        assertThat(lab.storageGets()).extracting(seen -> seen.request().query()).containsOnly(
                lab.storageGets().getFirst().request().query());
        assertThat(lab.registry().storageConnections()).isLessThanOrEqualTo(THREADS);
        assertThat(lab.received()).isEqualTo(2L * BLOB.length)
                .isEqualTo(lab.registry().traffic().bytesSent(Endpoint.STORAGE));
        assertThat(lab.refreshes()).isEmpty();
    }

    @Test
    void oneThatIsAboutToExpireIsReplacedBeforeItDoes() throws Exception {
        one(0);
        lab.clock().advance(Duration.ofMinutes(20).minusSeconds(6));
        one(1);
        lab.clock().advance(Duration.ofSeconds(1));

        all();

        assertThat(lab.registryGets()).isEqualTo(2);
        assertThat(lab.storageGets()).extracting(Seen::status).containsOnly(206);
        assertThat(lab.refreshes()).containsExactly(RefreshReason.EXPIRING);
        assertThat(lab.whys()).noneMatch(why -> why.contains("X-Amz"));
    }

    @Test
    void oneThatDiesBeforeItsTimeIsReplacedOnceForAllWhoMeetIt() throws Exception {
        lab.registry().reconfigure(s -> s.storage(storage -> storage.longestLife(Duration.ofSeconds(30))));
        all();
        lab.clock().advance(Duration.ofSeconds(31));

        all();

        assertThat(lab.registryGets()).isEqualTo(2);
        assertThat(lab.storageGets()).filteredOn(seen -> seen.status() == 403).hasSizeBetween(1, THREADS);
        assertThat(lab.refreshes()).containsExactly(RefreshReason.REFUSED);
        assertThat(lab.whys()).noneMatch(why -> why.contains("X-Amz"));
        assertThat(lab.received()).isEqualTo(2L * BLOB.length);
    }

    @Test
    void oneWhoseAnswerWasOfNoUseIsReplaced() throws Exception {
        one(0);
        lab.registry().when(On.storage().nth(1), Fault.status(500));

        one(1);
        one(2);

        assertThat(lab.registryGets()).isEqualTo(2);
        assertThat(lab.refreshes()).containsExactly(RefreshReason.BROKEN);
    }

    @Test
    void whatTheRegistryRefusesItRefusesToAllWhoWait() throws Exception {
        Gate gate = new Gate();
        lab.registry().when(On.every(Endpoint.BLOB), Fault.status(404), Fault.slowHead(gate));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> parts = begin(threads);
            gate.awaitArrivals(1);
            gate.open();

            for (Future<byte[]> part : parts) {
                assertThat(part).failsWithin(Duration.ofSeconds(30)).withThrowableOfType(ExecutionException.class)
                        .withCauseInstanceOf(UpstreamException.class).withMessageContaining("404");
            }
        }
        lab.registry().heal();

        all();
    }

    @Test
    void aRegistryThatSendsBlobsItselfIsAskedForEach() throws Exception {
        lab.registry().reconfigure(s -> s.withoutRedirects());

        all();

        assertThat(lab.registryGets()).isEqualTo(THREADS);
        assertThat(lab.storageGets()).isEmpty();
    }

    @Test
    void everyByteIsCountedOnceWhenConnectionsBreak() throws Exception {
        lab.registry().when(On.storage().nth(2), Fault.cutAt(100_000));
        lab.registry().when(On.storage().nth(4), Fault.cutAt(1));

        all();

        assertThat(lab.received()).isEqualTo(BLOB.length)
                .isEqualTo(lab.registry().traffic().bytesSent(Endpoint.STORAGE));
    }

    private void all() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> parts = begin(threads);
            for (int i = 0; i < THREADS; i++) {
                assertThat(parts.get(i).get()).isEqualTo(part(i));
            }
        }
        lab.registry().traffic().awaitIdle();
    }

    private List<Future<byte[]>> begin(ExecutorService threads) {
        List<Future<byte[]>> parts = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            long from = (long) i * STRETCH;
            parts.add(threads.submit(() -> Lab.get(origin, from, from + STRETCH)));
        }
        return parts;
    }

    private void one(int index) throws Exception {
        assertThat(Lab.get(origin, (long) index * STRETCH, (index + 1L) * STRETCH)).isEqualTo(part(index));
    }

    private static byte[] part(int index) {
        return Arrays.copyOfRange(BLOB, index * STRETCH, (index + 1) * STRETCH);
    }
}
