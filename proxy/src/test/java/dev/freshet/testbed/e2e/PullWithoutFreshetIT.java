package dev.freshet.testbed.e2e;

import dev.freshet.testbed.client.Client;
import dev.freshet.testbed.client.Clients;
import dev.freshet.testbed.client.Route;
import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.process.Command;
import dev.freshet.testbed.process.NothingLeftRunning;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.upstream.Upstream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The control of {@link PullIT}: the same pulls straight from the upstream fail. Each client gets all the attempts that
 * it makes by itself, with its own settings. Docker resumes a layer five times and needs seven; containerd 1.6 resumes
 * after an early end, but not after a reset; podman starts a layer over three times; skopeo gives up at once.
 */
@ExtendWith({NothingLeftRunning.class, Stopwatch.class})
class PullWithoutFreshetIT {

    @ParameterizedTest
    @CsvSource({"FAKE, DOCKERD", "FAKE, CONTAINERD", "FAKE, PODMAN", "FAKE, SKOPEO", "DISTRIBUTION, CONTAINERD",
            "DISTRIBUTION, PODMAN", "DISTRIBUTION, SKOPEO"})
    void fails(Upstreams upstreams, Clients clients) throws Exception {
        try (Upstream upstream = upstreams.start();
                Client client = clients.start(new Route.Direct(upstream.authority()))) {
            Image image = upstreams.layered();
            upstream.publish(image);
            upstream.storage(Upstreams::shortLived);

            Command.Result result = client.tryPull(image, ":" + image.tag());

            assertThat(result.exitCode()).as(result.output()).isNotZero();
            assertThat(result.output()).containsAnyOf("connection reset by peer", "unexpected EOF");
            assertThat(upstream.traffic().storageGets(image.largest())).isNotEmpty()
                    .allMatch(s -> s.state() == Seen.State.CUT);
        }
    }
}
