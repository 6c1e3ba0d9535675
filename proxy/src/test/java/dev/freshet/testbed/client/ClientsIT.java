package dev.freshet.testbed.client;

import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.image.Images;
import dev.freshet.testbed.process.NothingLeftRunning;
import dev.freshet.testbed.upstream.FakeUpstream;
import dev.freshet.testbed.upstream.Upstream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Every client pulls from an upstream that does nothing wrong: what the other tests of this kind build on. */
@ExtendWith(NothingLeftRunning.class)
class ClientsIT {

    @AutoClose
    private final Upstream upstream = new FakeUpstream();

    @ParameterizedTest
    @EnumSource(names = {"DOCKERD", "CONTAINERD", "PODMAN", "SKOPEO"})
    void aClientPullsBothFamiliesOfImagesByTagAndDigest(Clients clients) throws Exception {
        Image oci = Images.busybox();
        Image docker = Images.busyboxForDocker();
        upstream.publish(oci);
        upstream.publish(docker);

        try (Client client = clients.start(new Route.Direct(upstream.authority()))) {
            client.pull(oci);
            client.pull(docker, "@" + docker.top().digest());
        }

        assertThat(upstream.traffic().storageGets(oci.largest())).isNotEmpty();
    }

    @Test
    void dockerRunsWhatItPulled() throws Exception {
        Image image = Images.busybox();
        upstream.publish(image);

        try (StateDirectory state = new StateDirectory("docker");
                Dockerd docker = new Dockerd(state, new Route.Direct(upstream.authority()))) {
            docker.pull(image);

            assertThat(docker.run(image, "echo", "hello")).isEqualTo("hello\n");
        }
    }
}
