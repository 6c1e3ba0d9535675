package dev.freshet.testbed.e2e;

import dev.freshet.testbed.client.Client;
import dev.freshet.testbed.client.Clients;
import dev.freshet.testbed.client.FreshetProcess;
import dev.freshet.testbed.client.RawClient;
import dev.freshet.testbed.client.Route;
import dev.freshet.testbed.client.StateDirectory;
import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.image.Images;
import dev.freshet.testbed.process.NothingLeftRunning;
import dev.freshet.testbed.upstream.Upstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** The upstream is gone: what is stored is served, by a proxy that is started meanwhile too. */
@ExtendWith({NothingLeftRunning.class, Stopwatch.class})
@Timeout(180)
class UpstreamDownIT {

    /** Tags are asked for again at once, so that serving one without the upstream is a decision, not a delay. */
    private static final String ASK_EVERY_TIME = "freshness: { tag-ttl: 0s }";

    @ParameterizedTest
    @EnumSource
    void whatIsStoredIsServedWhileTheUpstreamIsDown(Upstreams upstreams) throws Exception {
        try (Upstream upstream = upstreams.start(); StateDirectory state = new StateDirectory("frs")) {
            Image image = Images.busybox();
            upstream.publish(image);
            try (FreshetProcess freshet = new FreshetProcess(state, upstream, ASK_EVERY_TIME)) {
                pull(Clients.SKOPEO, freshet, image, ":latest");
                upstream.stop();

                pull(Clients.SKOPEO, freshet, image, ":latest");
                pull(Clients.DOCKERD, freshet, image, "@" + image.top().digest());
                assertThat(freshet.stop()).isZero();
            }

            try (FreshetProcess freshet = new FreshetProcess(state, upstream, ASK_EVERY_TIME)) {
                pull(Clients.CONTAINERD, freshet, image, ":latest");
                pull(Clients.PODMAN, freshet, image, "@" + image.top().digest());
                refusesWhatIsCold(freshet);
                isAlive(freshet);
                upstream.start();
                Image cold = Images.busyboxForDocker();
                upstream.publish(cold);
                awaitRecovery(freshet);
                pull(Clients.SKOPEO, freshet, cold, ":latest");
            }
        }
    }

    private static void refusesWhatIsCold(FreshetProcess freshet) throws IOException {
        try (RawClient cold = RawClient
                .get("http://" + freshet.authority() + "/v2/library/cold/manifests/latest?ns=docker.io")) {
            JsonNode error = JsonMapper.shared().readTree(new String(cold.readAll(), StandardCharsets.UTF_8))
                    .path("errors").path(0);

            assertThat(cold.status()).isIn(502, 503);
            assertThat(cold.header("Content-Type")).startsWith("application/json");
            assertThat(error.path("code").asString()).isNotEmpty();
            assertThat(error.path("message").asString()).contains("docker.io").doesNotContain("?");
        }
    }

    /** After an outage the upstream is asked once in a while; a request that comes then finds out that it is back. */
    private static void awaitRecovery(FreshetProcess freshet) throws IOException {
        int status;
        do {
            try (RawClient answer = RawClient
                    .get("http://" + freshet.authority() + "/v2/library/busybox-docker/manifests/latest?ns=docker.io",
                            "Accept", "*/*")) {
                status = answer.status();
                answer.readAll();
            }
        } while (status == 502 || status == 503);
        assertThat(status).isEqualTo(200);
    }

    private static void isAlive(FreshetProcess freshet) throws IOException {
        try (RawClient livez = RawClient.get("http://" + freshet.adminAuthority() + "/livez")) {
            assertThat(livez.status()).isEqualTo(200);
        }
    }

    private static void pull(Clients clients, FreshetProcess freshet, Image image, String suffix) throws IOException {
        try (Client client = clients.start(new Route.Mirrored(freshet.authority()))) {
            client.pull(image, suffix);
        }
    }
}
