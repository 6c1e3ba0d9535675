package dev.freshet.proxy.faults;

import dev.freshet.cache.LocalStorage;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.storage.Storage;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.StoreException;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.image.SignedManifest;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Content;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Images of Docker's schema 1, whose registries know a signed manifest by the digest of what was signed. */
class SchemaOneTest {

    private static final String SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    private static final String UNSIGNED = "application/vnd.docker.distribution.manifest.v1+json";
    private static final byte[] LAYER = Bytes.random(70_000);
    private static final SignedManifest MANIFEST = SignedManifest.of(Digest.sha256(LAYER));
    private static final Digest DIGEST = MANIFEST.digest();

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @ParameterizedTest
    @ValueSource(strings = {SIGNED, UNSIGNED, "application/json", "text/plain", "application/octet-stream"})
    @DisplayName("L-08: by tag and by digest it is what its registry says, cold, warm, offline and after a restart")
    void itIsServedByTagAndByDigest(String type) {
        push(REPO, type);

        List<Got> all = new ArrayList<>(List.of(get("v1"), get(DIGEST.toString()), get("v1"), head("v1"),
                head(DIGEST.toString())));
        proxy.stop();
        proxy.registry().stop();
        proxy.clock().advance(Duration.ofHours(1));
        all.addAll(List.of(get("v1"), get(DIGEST.toString()), head("v1"), head(DIGEST.toString())));

        assertThat(all).allSatisfy(got -> {
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.header("Docker-Content-Digest")).isEqualTo(DIGEST.toString());
            assertThat(got.header("Content-Type")).isEqualTo(SIGNED);
            assertThat(got.header("Content-Length")).isEqualTo("" + MANIFEST.body().length);
        });
        assertThat(all).filteredOn(got -> got.body().length > 0).extracting(Got::body).hasSize(5)
                .containsOnly(MANIFEST.body());
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).hasSize(1);
    }

    @Test
    @DisplayName("L-08: by digest alone it is kept as well, and its image counts as whole")
    void byDigestAloneItIsKept() {
        push(REPO, SIGNED);

        Got cold = get(DIGEST.toString());
        Got inPart = get(DIGEST.toString());
        Got layer = proxy.blob(Digest.sha256(LAYER));
        proxy.awaitNoFills();
        Got whole = get(DIGEST.toString());

        assertThat(List.of(cold, inPart, whole)).extracting(Got::body).containsOnly(MANIFEST.body());
        assertThat(layer.body()).isEqualTo(LAYER);
        assertThat(inPart.header("Cache-Status")).isEqualTo("freshet; hit; detail=partly-stored");
        assertThat(whole.header("Cache-Status")).isEqualTo("freshet; hit");
    }

    @Test
    @DisplayName("L-08: what is stored of it hashes to its digest, so that a verification finds no damage")
    void whatIsStoredHashesToItsDigest() throws StoreException {
        push(REPO, SIGNED);
        get("v1");
        proxy.stop();

        List<Digest> stored = new ArrayList<>();
        try (Storage storage = LocalStorage.openForReading(
                new StorageOptions(proxy.directory().resolve("data"), 64 << 20, Long.MAX_VALUE), event -> {})) {
            storage.blobs().forEach(stored::add);
        }

        assertThat(stored).containsExactly(Digest.sha256(MANIFEST.body()));
    }

    @Test
    @DisplayName("L-08: another repository gets it only by its own registry's word")
    void anotherRepositoryHasToHaveIt() {
        push(REPO, SIGNED);
        get("v1");

        Got none = proxy.client().get(proxy.url("library/other", "manifests/" + DIGEST));
        proxy.pace().advance(Duration.ofSeconds(10));
        push("library/other", SIGNED);
        Got own = proxy.client().get(proxy.url("library/other", "manifests/" + DIGEST));
        Got byBody = proxy.client().get(proxy.url("manifests/" + Digest.sha256(MANIFEST.body())));

        assertThat(none.status()).isEqualTo(404);
        assertThat(own.body()).isEqualTo(MANIFEST.body());
        assertThat(byBody.status()).isEqualTo(404);
    }

    @Test
    @DisplayName("L-08: a tag is confirmed by HEAD with the digest of the payload")
    void aTagIsConfirmedByHead() {
        push(REPO, SIGNED);
        get("v1");
        proxy.clock().advance(Duration.ofMinutes(1));

        Got revalidated = get("v1");

        assertThat(revalidated.header("Cache-Status")).startsWith("freshet; fwd=stale; detail=revalidated");
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).extracting(Seen::method)
                .containsExactly("GET", "HEAD");
    }

    @Test
    @DisplayName("N-06, L-08: a body whose payload is another, or that holds more than its payload, is refused and not kept")
    void aWrongPayloadIsRefused() {
        push(REPO, SIGNED);
        String text = MANIFEST.toString();
        List<String> wrong = List.of(
                text.replace("amd64", "arm64"),
                text.replace(",\n   \"signatures\"",
                        ",\n \"fsLayers\": [{\"blobSum\": \"" + Digest.sha256(new byte[0])
                                + "\"}],\n   \"signatures\""),
                text.replace(",\n   \"signatures\"", ",\n \"layers\": [],\n   \"signatures\""),
                text.substring(0, text.length() - 2));

        for (String body : wrong) {
            proxy.registry().when(On.every(Endpoint.MANIFEST).method("GET"), new Fault.WithBody(Content.of(body)));
            assertThat(get(DIGEST.toString()).status()).as(body).isEqualTo(502);
            proxy.registry().heal();
            proxy.pace().advance(Duration.ofMinutes(1));
        }

        assertThat(get(DIGEST.toString()).body()).isEqualTo(MANIFEST.body());
    }

    @Test
    @DisplayName("L-08: a registry that knows it by the digest of the whole body is followed, if that is true")
    void theRegistrysWordCountsWhereItIsTrue() {
        Digest whole = proxy.registry().manifest(REPO, SIGNED, MANIFEST.body());
        proxy.registry().tag(REPO, "v1", whole);

        Got byTag = get("v1");
        Got byDigest = get(whole.toString());

        assertThat(List.of(byTag, byDigest)).extracting(got -> got.header("Docker-Content-Digest"))
                .containsOnly(whole.toString());
        assertThat(byTag.body()).isEqualTo(MANIFEST.body());
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).hasSize(1);
    }

    @Test
    @DisplayName("L-08: an unsigned manifest of schema 1 is known by the digest of its body")
    void anUnsignedOneIsAsAnyOther() {
        Digest digest = proxy.registry().manifest(REPO, UNSIGNED, MANIFEST.payload());
        proxy.registry().tag(REPO, "v1", digest);
        proxy.registry().blob(REPO, LAYER);

        Got byTag = get("v1");
        Got byDigest = get(digest.toString());
        Got layer = proxy.blob(Digest.sha256(LAYER));

        assertThat(List.of(byTag, byDigest)).allSatisfy(got -> {
            assertThat(got.body()).isEqualTo(MANIFEST.payload());
            assertThat(got.header("Docker-Content-Digest")).isEqualTo(digest.toString());
            assertThat(got.header("Content-Type")).isEqualTo(UNSIGNED);
        });
        assertThat(layer.body()).isEqualTo(LAYER);
    }

    @Test
    @DisplayName("L-08: a manifest of another kind that mentions signatures is known by the digest of its body")
    void anotherKindIsNotTakenForSigned() {
        Digest digest = proxy.registry().manifest(REPO, "application/vnd.oci.image.manifest.v1+json", MANIFEST.body());
        proxy.registry().tag(REPO, "v1", digest);

        assertThat(get("v1").header("Docker-Content-Digest")).isEqualTo(digest.toString());
    }

    private void push(String repository, String type) {
        proxy.registry().blob(repository, LAYER);
        proxy.registry().manifest(repository, DIGEST, type, MANIFEST.body());
        proxy.registry().tag(repository, "v1", DIGEST);
    }

    private Got get(String reference) {
        return proxy.manifest(reference);
    }

    private Got head(String reference) {
        return proxy.client().head(proxy.url("manifests/" + reference));
    }

}
