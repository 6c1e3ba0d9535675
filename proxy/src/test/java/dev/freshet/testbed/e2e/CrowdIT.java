package dev.freshet.testbed.e2e;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.client.FreshetProcess;
import dev.freshet.testbed.client.RawClient;
import dev.freshet.testbed.client.StateDirectory;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.image.Family;
import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.image.Images;
import dev.freshet.testbed.process.NothingLeftRunning;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.upstream.FakeUpstream;
import dev.freshet.testbed.wire.Gate;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** Many clients ask for one cold blob at once: the storage sends it once, and everyone streams. */
@ExtendWith({NothingLeftRunning.class, Stopwatch.class})
@Timeout(180)
class CrowdIT {

    private static final int EARLY = 40;
    private static final int LATE = 10;
    private static final int FIRST_BYTES = 1 << 20;

    @AutoClose
    private final FakeRegistry registry = new FakeRegistry();
    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @Test
    void fiftyClientsShareOneTransferAndTheLateOnesStartBeforeItEnds() throws Exception {
        Image image = Images.layered(Family.OCI);
        FakeUpstream upstream = new FakeUpstream(registry);
        upstream.publish(image);
        Digest blob = image.largest();
        Gate gate = new Gate();
        registry.when(On.storage().digest(blob).nth(1), new Fault.HoldAt(150 << 20, gate));
        try (StateDirectory state = new StateDirectory("frs");
                FreshetProcess freshet = new FreshetProcess(state, upstream, "fetch: { connections-per-blob: 1 }")) {
            String repository = "http://" + freshet.authority() + "/v2/" + image.repository();
            RawClient.get(repository + "/manifests/latest", "Accept", Family.OCI.manifest()).close();

            List<Future<Digest>> bodies = start(EARLY, repository + "/blobs/" + blob, new CountDownLatch(EARLY));
            gate.awaitArrivals(1);
            CountDownLatch started = new CountDownLatch(LATE);
            bodies.addAll(start(LATE, repository + "/blobs/" + blob, started));
            assertThat(started.await(60, TimeUnit.SECONDS)).as("late clients have bytes while the fill waits").isTrue();
            gate.open();

            for (Future<Digest> body : bodies) {
                assertThat(body.get()).isEqualTo(blob);
            }
            assertThat(registry.traffic().storageGets(blob)).hasSize(1);
        }
    }

    private List<Future<Digest>> start(int count, String url, CountDownLatch started) {
        List<Future<Digest>> bodies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            bodies.add(threads.submit(() -> {
                try (RawClient get = RawClient.get(url)) {
                    assertThat(get.status()).isEqualTo(200);
                    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
                    hash.update(get.read(FIRST_BYTES));
                    started.countDown();
                    get.readInto(hash);
                    return Digest.of(Digest.Algorithm.SHA256, hash);
                }
            }));
        }
        return bodies;
    }
}
