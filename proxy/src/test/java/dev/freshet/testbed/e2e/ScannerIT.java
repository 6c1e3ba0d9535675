package dev.freshet.testbed.e2e;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.client.FreshetProcess;
import dev.freshet.testbed.client.RawClient;
import dev.freshet.testbed.client.StateDirectory;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.image.Blob;
import dev.freshet.testbed.image.Family;
import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.image.Images;
import dev.freshet.testbed.process.NothingLeftRunning;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.registry.RegistrySettings;
import dev.freshet.testbed.upstream.FakeUpstream;
import dev.freshet.testbed.wire.Gate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The way of clair-action: probe every layer with one byte, note where that came from, take one's time, then fetch each
 * layer from there with a plain GET and without a second attempt.
 */
@ExtendWith({NothingLeftRunning.class, Stopwatch.class})
@Timeout(120)
class ScannerIT {

    private final OffsetClock clock = new OffsetClock();
    @AutoClose
    private final FakeRegistry registry = new FakeRegistry(
            RegistrySettings.DEFAULTS.clock(clock).urlLife(Upstreams.LIFE));

    private Image image = new Image("none", "none", List.of(), List.of(), List.of());

    @BeforeEach
    void publish() throws IOException {
        image = Images.layered(Family.DOCKER);
        new FakeUpstream(registry).publish(image);
    }

    @Test
    void throughFreshetEveryLayerIsThereWhenAllSignedUrlsHaveExpired() throws Exception {
        try (StateDirectory state = new StateDirectory("frs");
                FreshetProcess freshet = new FreshetProcess(state, new FakeUpstream(registry))) {
            String blobs = "http://" + freshet.authority() + "/v2/" + image.repository() + "/blobs/";
            resolve(freshet);
            for (Blob layer : image.layers()) {
                probe(blobs, layer);
            }
            clock.advance(Duration.ofHours(1));

            for (Blob layer : image.layers()) {
                try (RawClient get = RawClient.get(blobs + layer.digest())) {
                    assertThat(get.status()).isEqualTo(200);
                    assertThat(get.header("Content-Length")).isEqualTo("" + layer.content().length());
                    assertThat(get.headers().has("Location")).isFalse();
                    assertThat(get.readDigest()).isEqualTo(layer.digest());
                }
            }
        }
    }

    @Test
    void theProbeOfAColdLayerIsAnsweredBeforeTheLayerIsThere() throws Exception {
        Blob layer = layer(image.largest());
        Gate gate = new Gate();
        registry.when(On.storage().digest(layer.digest()), new Fault.HoldAt(1 << 20, gate));
        try (StateDirectory state = new StateDirectory("frs");
                FreshetProcess freshet = new FreshetProcess(state, new FakeUpstream(registry))) {
            String blobs = "http://" + freshet.authority() + "/v2/" + image.repository() + "/blobs/";
            resolve(freshet);

            probe(blobs, layer);

            gate.open();
            try (RawClient get = RawClient.get(blobs + layer.digest())) {
                assertThat(get.readDigest()).isEqualTo(layer.digest());
            }
        }
    }

    @Test
    void withoutFreshetEveryRecordedUrlIsRefused() throws Exception {
        List<String> recorded = new ArrayList<>();
        for (Blob layer : image.layers()) {
            String blob = registry.url() + "/v2/" + image.repository() + "/blobs/" + layer.digest();
            try (RawClient redirect = RawClient.get(blob, "Range", "bytes=0-0")) {
                recorded.add(redirect.header("Location"));
            }
            try (RawClient probe = RawClient.get(recorded.get(recorded.size() - 1), "Range", "bytes=0-0")) {
                assertThat(probe.status()).isEqualTo(206);
            }
        }
        clock.advance(Duration.ofHours(1));

        for (String url : recorded) {
            try (RawClient get = RawClient.get(url)) {
                assertThat(get.status()).isEqualTo(403);
                assertThat(get.readAll()).asString().contains("Request has expired");
            }
        }
    }

    private void resolve(FreshetProcess freshet) throws IOException {
        String manifest = "http://" + freshet.authority() + "/v2/" + image.repository() + "/manifests/latest";
        try (RawClient get = RawClient.get(manifest, "Accept", Family.DOCKER.manifest())) {
            assertThat(get.status()).isEqualTo(200);
            assertThat(get.header("Content-Type")).isEqualTo(Family.DOCKER.manifest());
            assertThat(get.header("Docker-Content-Digest")).isEqualTo(image.top().digest().toString());
            assertThat(get.readAll()).isEqualTo(image.top().bytes());
        }
    }

    private static void probe(String blobs, Blob layer) throws IOException {
        try (RawClient probe = RawClient.get(blobs + layer.digest(), "Range", "bytes=0-0")) {
            assertThat(probe.status()).isEqualTo(206);
            assertThat(probe.header("Content-Range")).isEqualTo("bytes 0-0/" + layer.content().length());
            assertThat(probe.header("Content-Length")).isEqualTo("1");
            assertThat(probe.header("Accept-Ranges")).isEqualTo("bytes");
            assertThat(probe.header("Content-Type")).isEqualTo("application/octet-stream");
            assertThat(probe.header("Docker-Content-Digest")).isEqualTo(layer.digest().toString());
            assertThat(probe.headers().has("Location")).isFalse();
            assertThat(probe.headers().has("Content-Encoding")).isFalse();
            assertThat(probe.readAll()).isEqualTo(layer.content().slice(0, 1).bytes());
        }
    }

    private Blob layer(Digest digest) {
        return image.layers().stream().filter(l -> l.digest().equals(digest)).findFirst().orElseThrow();
    }
}
