package dev.freshet.testbed.upstream;

import dev.freshet.testbed.image.Blob;
import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.image.Images;
import dev.freshet.testbed.process.NothingLeftRunning;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Both upstreams look the same from outside. */
@ExtendWith(NothingLeftRunning.class)
class UpstreamTest {

    @AutoClose
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    @TempDir
    private Path directory = Path.of("/");

    @Test
    void theFakeRedirectsToUrlsThatExpire() throws Exception {
        try (Upstream upstream = new FakeUpstream()) {
            check(upstream);
        }
    }

    @Test
    void distributionRedirectsToUrlsThatExpire() throws Exception {
        try (Upstream upstream = new DistributionRegistry(directory)) {
            check(upstream);
        }
    }

    private void check(Upstream upstream) throws Exception {
        Image image = Images.busybox();
        upstream.publish(image);
        Blob layer = image.layers().get(0);

        HttpResponse<byte[]> manifest = get(upstream, "/manifests/latest");
        HttpResponse<byte[]> redirect = get(upstream, "/blobs/" + layer.digest());
        String url = redirect.headers().firstValue("Location").orElseThrow();
        HttpResponse<byte[]> blob = send(url);
        upstream.storage(s -> s.clock(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(3)))
                .longestLife(Duration.ofSeconds(2)));
        HttpResponse<byte[]> expired = send(url);

        assertThat(manifest.body()).isEqualTo(image.top().bytes());
        assertThat(redirect.statusCode()).isEqualTo(307);
        assertThat(URI.create(url).getAuthority()).isEqualTo(upstream.storageAuthority());
        assertThat(blob.body()).isEqualTo(layer.content().bytes());
        assertThat(expired.statusCode()).isEqualTo(403);
        assertThat(expired.body()).asString().contains("Request has expired");
        assertThat(upstream.traffic().storageGets(layer.digest())).hasSize(2);
        upstream.stop();
        upstream.start();
        assertThat(get(upstream, "/manifests/" + image.top().digest()).statusCode()).isEqualTo(200);
    }

    private HttpResponse<byte[]> get(Upstream upstream, String path) throws IOException, InterruptedException {
        return send("http://" + upstream.authority() + "/v2/library/busybox" + path);
    }

    private HttpResponse<byte[]> send(String url) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        for (String type : List.of("index.v1", "manifest.v1")) {
            request.header("Accept", "application/vnd.oci.image." + type + "+json");
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }
}
