package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.registry.RegistrySettings;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Upstreams that need their time are waited for as long as the options say, and hold up nothing else. */
class PatienceTest {

    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final String MANIFEST = "{\"schemaVersion\":2,\"layers\":[]}";
    private static final byte[] BLOB = Bytes.random(Bytes.MIB);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();
    private final Gate gate = new Gate();

    @AfterEach
    void openGate() {
        gate.open();
    }

    @Test
    @DisplayName("L-01: a manifest that takes 12 s is waited for, and asked for once more beside")
    void aManifestThatTakesTwelveSeconds() {
        Digest digest = tag("latest");
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.slowHead(gate));
        Future<Got> begun = proxy.client().begin(proxy.url("manifests/latest"));
        gate.awaitArrivals(1);

        proxy.pace().advance(Duration.ofSeconds(12));
        gate.awaitArrivals(2);
        gate.open();

        assertThat(Client.await(begun).digest()).isEqualTo(digest);
    }

    @Test
    @DisplayName("L-01: a manifest that is never answered is 504 at the manifest timeout, which the message names")
    void aManifestThatNeverComes() {
        tag("latest");
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.slowHead(gate));
        Future<Got> begun = proxy.client().begin(proxy.url("manifests/latest"));
        gate.awaitArrivals(1);

        proxy.pace().advance(Duration.ofSeconds(30));

        Got got = Client.await(begun);
        assertThat(got.status()).isEqualTo(504);
        assertThat(got.text()).contains("upstream lab").contains("fetch.manifest-timeout");
    }

    @Test
    @DisplayName("L-01: where something stale is there, it is served after a short wait")
    void aStaleTagIsServedSoon() {
        Digest digest = tag("latest");
        assertThat(proxy.manifest("latest").digest()).isEqualTo(digest);
        proxy.clock().advance(Duration.ofMinutes(2));
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.slowHead(gate));
        Future<Got> begun = proxy.client().begin(proxy.url("manifests/latest"));
        gate.awaitArrivals(1);

        proxy.pace().advance(Duration.ofSeconds(5));

        Got got = Client.await(begun);
        assertThat(got.digest()).isEqualTo(digest);
        assertThat(got.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
    }

    @Test
    @DisplayName("L-01: while the registry itself is silent about six blobs, other images of it are served")
    void otherImagesGoOn() {
        proxy.registry().reconfigure(RegistrySettings::withoutRedirects);
        Digest other = tag("other");
        List<Digest> slow = new ArrayList<>();
        List<Future<Got>> begun = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            slow.add(proxy.layer(Bytes.random(10_000 + i)));
            proxy.registry().when(On.every(Endpoint.BLOB).digest(slow.get(i)), Fault.slowHead(gate));
            begun.add(proxy.client().begin(proxy.url("blobs/" + slow.get(i))));
        }
        gate.awaitArrivals(6);

        for (int i = 0; i < 8; i++) {
            proxy.pace().advance(Duration.ofSeconds(7));
        }
        Got meanwhile = proxy.manifest("other");
        gate.open();

        assertThat(meanwhile.digest()).isEqualTo(other);
        assertThat(begun.stream().map(Client::await)).extracting(Got::digest).containsExactlyElementsOf(slow);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Drip: 1\r\n", "HTTP/1.1 102 Processing\r\n\r\n"})
    @DisplayName("L-02: a client of a good upstream has its bytes though a bad one drips a head for the same digest")
    void aGoodUpstreamBesideABadOne(String drop) {
        try (FakeRegistry good = new FakeRegistry(RegistrySettings.DEFAULTS.withoutRedirects())) {
            proxy.set("upstreams.good.url", good.url());
            Digest digest = proxy.layer(BLOB);
            good.blob(REPO, BLOB);
            String manifest = "{\"schemaVersion\":2,\"layers\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}]}"
                    .formatted("application/vnd.oci.image.layer.v1.tar", digest, BLOB.length);
            Digest image = good.manifest(REPO, TYPE, Bytes.of(manifest));
            assertThat(proxy.client().get(proxy.url("good/" + REPO, "manifests/" + image)).status()).isEqualTo(200);
            proxy.registry().when(On.storage(), new Fault.RawHead(drop.startsWith("X") ? "HTTP/1.1 200 OK\r\n" : ""),
                    new Fault.WithBody(Content.of(drop.repeat(100_000))), new Fault.Trickled(Duration.ofMillis(2)));
            Future<Got> bad = proxy.client().begin(proxy.url("blobs/" + digest));
            proxy.registry().traffic().await(1, seen -> seen.isStorageGet() && seen.bytesSent() > 3);

            Future<Got> joined = proxy.client().begin(proxy.url("good/" + REPO, "blobs/" + digest));
            proxy.await("two readers", () -> proxy.metric("freshet_fill_readers") == 2);
            proxy.pace().advance(Duration.ofSeconds(5));
            Got first = Client.await(joined);
            Got later = proxy.client().get(proxy.url("good/" + REPO, "blobs/" + digest));
            proxy.pace().advance(Duration.ofSeconds(56));

            assertThat(first.status()).isEqualTo(200);
            assertThat(first.digest()).isEqualTo(digest);
            assertThat(later.digest()).isEqualTo(digest);
            assertThat(good.traffic().of(Endpoint.BLOB)).hasSize(1);
            assertThat(Client.await(bad).body()).isNotEqualTo(BLOB);
            proxy.awaitNoFills();
        }
    }

    private Digest tag(String name) {
        Digest digest = proxy.registry().manifest(REPO, TYPE, Bytes.of(MANIFEST + " ".repeat(name.length())));
        proxy.registry().tag(REPO, name, digest);
        return digest;
    }
}
