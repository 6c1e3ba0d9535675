package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Download;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** A proxy whose store holds seven images of one large layer each, and no more. */
class LimitedStoreTest {

    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final int LAYER = 8 * Bytes.MIB;
    private static final byte[] CONFIG = Bytes.of("{}");

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @BeforeEach
    void limit() {
        proxy.set("cache.max-size", "64MiB");
        proxy.registry().blob(REPO, CONFIG);
    }

    @Test
    @DisplayName("C-15: for all pulls, the store stays within its limit, and says so")
    void theStoreStaysWithinItsLimit() {
        for (Pushed image : images(16)) {
            pull(image);
            assertThat(proxy.metric("freshet_cache_bytes")).isLessThanOrEqualTo(64 * Bytes.MIB);
        }

        assertThat(proxy.metric("freshet_cache_limit_bytes")).isEqualTo(64 * Bytes.MIB);
        assertThat(proxy.metric("freshet_evictions_total", "reason=\"space\"")).isPositive();
        assertThat(proxy.metric("freshet_evicted_bytes_total")).isGreaterThanOrEqualTo(8L * LAYER);
        assertThat(proxy.metric("freshet_store_writable")).isEqualTo(1);
        assertThat(proxy.log()).anyMatch(line -> line.startsWith("INFO store evicted "));
    }

    @Test
    @DisplayName("C-14: a manifest whose image has lost its layer is never served as if it had not")
    void aTornImageIsMarked() {
        List<Pushed> images = images(12);
        images.forEach(this::pull);
        int whole = 0;

        for (Pushed image : images) {
            Got manifest = proxy.manifest(image.manifest().toString());
            Got layer = proxy.client().head(proxy.url("blobs/" + image.layer()));
            if (manifest.header("Cache-Status").equals("freshet; hit")) {
                assertThat(layer.header("Cache-Status")).isEqualTo("freshet; hit");
                whole++;
            }
        }

        assertThat(whole).isBetween(1, 7);
    }

    @Test
    @DisplayName("C-14: a layer that its clients have already lives while they ask for its image")
    void aWantedImageKeepsItsLayer() {
        List<Pushed> images = images(14);
        Pushed wanted = images.getFirst();
        pull(wanted);

        for (Pushed image : images.subList(1, images.size())) {
            pull(image);
            for (int i = 0; i < 5; i++) {
                proxy.clock().advance(Duration.ofSeconds(1));
                proxy.manifest(wanted.manifest().toString());
            }
        }

        assertThat(proxy.manifest(wanted.manifest().toString()).header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(proxy.blob(wanted.layer()).header("Cache-Status")).isEqualTo("freshet; hit");
    }

    @Test
    @DisplayName("C-12: the layer that would go next is being read: others go, the limit holds, and the client has all of it")
    void aLayerThatWouldGoIsReadToItsEnd() throws IOException {
        List<Pushed> images = images(16);
        pull(images.getFirst());
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (Download slow = proxy.client().stream(proxy.url("blobs/" + images.getFirst().layer()))) {
            body.writeBytes(slow.read());
            for (Pushed image : images.subList(1, images.size())) {
                pull(image);
                assertThat(proxy.metric("freshet_cache_bytes")).isLessThanOrEqualTo(64 * Bytes.MIB);
            }

            for (byte[] piece = slow.read(); piece.length > 0; piece = slow.read()) {
                body.writeBytes(piece);
            }
        }

        assertThat(Digest.sha256(body.toByteArray())).isEqualTo(images.getFirst().layer());
        pull(images.get(3));
        assertThat(proxy.metric("freshet_cache_bytes")).isLessThanOrEqualTo(64 * Bytes.MIB);
    }

    /** An image at the registry. */
    private record Pushed(Digest manifest, Digest layer) {}

    private List<Pushed> images(int count) {
        List<Pushed> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] layer = BlobStoreKit.bytes(i, LAYER);
            Digest digest = proxy.registry().blob(REPO, layer);
            Digest manifest = proxy.registry().manifest(REPO, TYPE, Bytes.of("""
                    {"schemaVersion":2,"mediaType":"%s",
                    "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
                    "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}"""
                    .formatted(TYPE, Digest.sha256(CONFIG), CONFIG.length, digest, LAYER)));
            images.add(new Pushed(manifest, digest));
        }
        return images;
    }

    private void pull(Pushed image) {
        assertThat(proxy.manifest(image.manifest().toString()).status()).isEqualTo(200);
        assertThat(proxy.blob(Digest.sha256(CONFIG)).status()).isEqualTo(200);
        assertThat(proxy.blob(image.layer()).digest()).isEqualTo(image.layer());
        proxy.awaitNoFills();
    }
}
