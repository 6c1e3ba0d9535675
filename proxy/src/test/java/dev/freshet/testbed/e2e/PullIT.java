package dev.freshet.testbed.e2e;

import dev.freshet.testbed.client.Client;
import dev.freshet.testbed.client.Clients;
import dev.freshet.testbed.client.Dockerd;
import dev.freshet.testbed.client.FreshetProcess;
import dev.freshet.testbed.client.Route;
import dev.freshet.testbed.client.StateDirectory;
import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.image.Images;
import dev.freshet.testbed.process.Command;
import dev.freshet.testbed.process.NothingLeftRunning;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.upstream.Upstream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real clients pull through Freshet what they cannot pull without: the URLs of the storage live two seconds and take
 * running transfers with them, and one layer needs more than twelve. Without Freshet each client gets all the attempts
 * that it makes by itself, with its own settings: docker resumes a layer five times, some 75 seconds in all, and needs
 * seven; containerd 1.6 resumes after an early end, but not after a reset; podman starts over three times; skopeo gives
 * up at once. Most of the time everyone waits, so the tests run side by side.
 */
@ExtendWith({NothingLeftRunning.class, Stopwatch.class})
class PullIT {

    private static final int SEVERAL = 4;

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @CsvSource({"FAKE, DOCKERD", "DISTRIBUTION, DOCKERD", "FAKE, PODMAN", "DISTRIBUTION, PODMAN", "FAKE, CONTAINERD",
            "DISTRIBUTION, CONTAINERD", "FAKE, SKOPEO", "DISTRIBUTION, SKOPEO"})
    void withoutFreshetThePullFails(Upstreams upstreams, Clients clients) throws Exception {
        try (Upstream upstream = upstreams.start();
                Client client = clients.start(new Route.Direct(upstream.authority()))) {
            Image image = upstreams.layered();
            upstream.publish(image);
            upstream.storage(Upstreams::shortLived);

            Command.Result result = client.tryPull(image, ":" + image.tag());

            assertThat(result.exitCode()).as(result.output()).isNotZero();
            assertThat(result.output()).containsAnyOf("connection reset by peer", "unexpected EOF",
                    "Request has expired");
            assertThat(upstream.traffic().storageGets(image.largest()))
                    .noneMatch(s -> s.state() == Seen.State.COMPLETE && s.status() < 300);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @CsvSource({"FAKE, DOCKERD", "FAKE, CONTAINERD_WITH_OVERRIDE", "FAKE, PODMAN", "FAKE, SKOPEO",
            "DISTRIBUTION, DOCKERD", "DISTRIBUTION, CONTAINERD", "DISTRIBUTION, PODMAN", "DISTRIBUTION, SKOPEO"})
    void pullsColdAndThenWarmWithoutTheStorage(Upstreams upstreams, Clients clients) throws Exception {
        try (Upstream upstream = upstreams.start();
                StateDirectory state = new StateDirectory("frs");
                FreshetProcess freshet = new FreshetProcess(state, upstream, "fetch: { connections-per-blob: "
                        + (upstreams == Upstreams.FAKE ? SEVERAL : 1) + " }")) {
            Image image = upstreams.layered();
            upstream.publish(image);
            upstream.storage(Upstreams::shortLived);

            pull(clients, freshet, image);
            List<Seen> cold = upstream.traffic().storageGets();
            pull(clients, freshet, image);
            List<Seen> warm = upstream.traffic().storageGets();

            List<Seen> largest = cold.stream().filter(s -> s.digest().filter(image.largest()::equals).isPresent())
                    .toList();
            if (upstreams == Upstreams.FAKE) {
                assertThat(largest).as("stretches").hasSizeGreaterThan(30);
            } else {
                assertThat(largest).as("transfers that were cut while the URL expired")
                        .filteredOn(s -> s.state() == Seen.State.CUT).hasSizeGreaterThan(4);
            }
            assertThat(warm).as("GETs at the storage").hasSameSizeAs(cold);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @EnumSource(names = {"CONTAINERD", "CONTAINERD_WITH_PATH", "CONTAINERD_WITH_OVERRIDE"})
    void takesAllWaysOfContainerdToNameTheUpstream(Clients clients) throws Exception {
        try (Upstream upstream = Upstreams.FAKE.start();
                StateDirectory state = new StateDirectory("frs");
                FreshetProcess freshet = new FreshetProcess(state, upstream)) {
            Image image = Images.busybox();
            upstream.publish(image);

            pull(clients, freshet, image);

            assertThat(upstream.traffic().storageGets(image.largest())).hasSize(1);
        }
    }

    private static void pull(Clients clients, FreshetProcess freshet, Image image) throws IOException {
        try (Client client = clients.start(new Route.Mirrored(freshet.authority()))) {
            client.pull(image);
            if (client instanceof Dockerd docker) {
                assertThat(docker.run(image, "sha256sum", "-c", "/data/SUMS").lines()).hasSize(5)
                        .allMatch(line -> line.endsWith(": OK"));
                assertThat(docker.run(image, "echo", "hello")).isEqualTo("hello\n");
            }
        }
    }
}
