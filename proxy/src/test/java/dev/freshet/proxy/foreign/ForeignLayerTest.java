package dev.freshet.proxy.foreign;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.registry.Auth;
import dev.freshet.testbed.registry.RegistrySettings;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** A foreign layer is fetched from its URLs when the registry does not have it, and then served like any other. */
class ForeignLayerTest extends ForeignKit {

    @Test
    void theRegistryIsAskedFirstAndThenTheUrl() {
        serve(url(first));

        Got got = layer();

        assertIsLayer(got);
        assertThat(got.header("Cache-Status")).isEqualTo("freshet; fwd=uri-miss; stored");
        assertThat(got.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(got.header("Docker-Content-Digest")).isEqualTo(DIGEST.toString());
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).extracting(Seen::status).containsExactly(404);
        assertThat(gets(first)).hasSize(1);
        assertThat(proxy.metric("freshet_upstream_requests_total", "kind=\"foreign\"", "status=\"200\"")).isEqualTo(1);
        assertThat(first.traffic().bytesSent(Endpoint.BLOB)).isEqualTo(LAYER.length);
    }

    @Test
    void theUrlIsNotAskedWhenTheRegistryHasIt() {
        proxy.registry().blob(REPO, LAYER);
        serve(url(first));

        assertIsLayer(layer());

        assertThat(gets(first)).isEmpty();
    }

    @Test
    void theUrlIsAskedAlsoWhenAnotherManifestHasItAsAnOrdinaryLayer() {
        Digest ordinary = proxy.registry().manifest(REPO, MANIFEST, Bytes.of("""
                {"layers":[{"digest":"%s","size":%d}]}""".formatted(DIGEST, LAYER.length)));
        assertThat(proxy.manifest(ordinary.toString()).status()).isEqualTo(200);

        Got before = layer();
        serve(url(first));
        Got after = layer();

        assertThat(before.status()).isEqualTo(404);
        assertIsLayer(after);
    }

    @Test
    void onceStoredItComesFromTheStoreThoughTheRegistryAndTheServerAreDown() {
        serve(url(first));
        layer();
        proxy.awaitNoFills();
        proxy.registry().stop();
        first.stop();

        Got got = layer();
        Got range = layer("Range", "bytes=-100");
        Got head = proxy.client().head(proxy.url("blobs/" + DIGEST));

        assertIsLayer(got);
        assertThat(got.header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(range.body()).isEqualTo(Arrays.copyOfRange(LAYER, LAYER.length - 100, LAYER.length));
        assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(LAYER.length));
        assertThat(head.header("Cache-Status")).isEqualTo("freshet; hit");
    }

    @Test
    void itIsStillThereAfterARestart() {
        serve(url(first));
        layer();
        proxy.awaitNoFills();

        proxy.stop();
        first.stop();
        Got got = layer();

        assertIsLayer(got);
        assertThat(got.header("Cache-Status")).isEqualTo("freshet; hit");
    }

    @Test
    void theServerIsShownNoCredentialsAlsoWhenItIsTheRegistryItself() {
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(Duration.ofMinutes(5))));
        trust(first.authority(), proxy.registry().authority());
        proxy.registry().blob("files", LAYER);
        serve(proxy.registry().url() + "/v2/files/blobs/" + DIGEST, url(first));

        Got got = layer();

        assertIsLayer(got);
        List<Seen> atRegistry = proxy.registry().traffic()
                .where(seen -> seen.request().path().startsWith("/v2/files/"));
        assertThat(atRegistry).extracting(Seen::status).containsExactly(401);
        assertThat(List.of(atRegistry.getFirst(), gets(first).getFirst())).allSatisfy(seen -> assertThat(
                seen.request().headers().fields()).extracting(field -> field.name().toLowerCase(Locale.ROOT))
                .containsOnly("host", "accept-encoding", "user-agent", "connection"));
    }

    @Test
    void aRangeOfAColdOneIsFetchedByItself() {
        serve(url(first));

        Got got = layer("Range", "bytes=1000000-1000009");

        assertThat(got.status()).isEqualTo(206);
        assertThat(got.body()).isEqualTo(Arrays.copyOfRange(LAYER, 1_000_000, 1_000_010));
        assertThat(got.header("Content-Range")).isEqualTo("bytes 1000000-1000009/" + LAYER.length);
        assertThat(gets(first).getFirst().range()).isPresent();
    }

    @Test
    void headOfAColdOneSaysWhatTheManifestSaysAndFetchesNothing() {
        serve(url(first));

        Got head = proxy.client().head(proxy.url("blobs/" + DIGEST));

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(LAYER.length));
        assertThat(gets(first)).isEmpty();
    }

    @Test
    void fiftyClientsAtOnceShareOneFetch() {
        serve(url(first));

        List<Got> all = proxy.client().together(50, proxy.url("blobs/" + DIGEST));

        assertThat(all).allSatisfy(ForeignKit::assertIsLayer);
        assertThat(gets(first)).hasSize(1);
    }

    @Test
    void redirectsOfTheServerAreFollowed() {
        trust(first.authority(), first.storageAuthority());
        first.reconfigure(s -> new RegistrySettings(s.urlLife(), true, s.auth(),
                Set.of(), s.storage(), s.lists()));
        serve(url(first));

        assertIsLayer(layer());

        assertThat(first.traffic().storageGets(DIGEST)).hasSize(1);
    }

    @Test
    void itCountsAlsoWhenTheManifestWasKeptForAnotherRepository() {
        Digest manifest = list("team/one", url(first));
        list("team/two", url(first));
        proxy.client().get(proxy.url("team/one", "manifests/" + manifest));
        proxy.client().head(proxy.url("team/two", "manifests/" + manifest));
        proxy.client().get(proxy.url("team/two", "manifests/" + manifest));

        Got got = layerOf("team/two");

        assertIsLayer(got);
    }

    @Test
    void anImageIsWholeOnlyWithItsForeignLayer() {
        Digest manifest = list(REPO, url(first));
        proxy.manifest(manifest.toString());
        proxy.blob(Digest.sha256(Bytes.of("{}")));
        proxy.awaitNoFills();

        String before = proxy.manifest(manifest.toString()).header("Cache-Status");
        layer();
        proxy.awaitNoFills();
        String after = proxy.manifest(manifest.toString()).header("Cache-Status");

        assertThat(before).isEqualTo("freshet; hit; detail=partly-stored");
        assertThat(after).isEqualTo("freshet; hit");
    }

    @Test
    void aLargeOneComesOverSeveralConnections() {
        byte[] large = Bytes.random(64 * Bytes.MIB);
        Digest digest = first.blob("files", large);
        first.when(On.every(Endpoint.BLOB), new Fault.Throttled(40L * Bytes.MIB));
        proxy.registry().blob(REPO, Bytes.of("{}"));
        Digest manifest = proxy.registry().manifest(REPO, MANIFEST, Bytes.of("""
                {"layers":[{"digest":"%s","size":%d,"urls":["%s"]}]}""".formatted(digest, large.length,
                first.url() + "/v2/files/blobs/" + digest)));
        proxy.manifest(manifest.toString());

        Got got = proxy.blob(digest);

        assertThat(got.digest()).isEqualTo(digest);
        assertThat(gets(first)).hasSizeGreaterThan(1).allMatch(seen -> seen.status() == 206 || seen.status() == 200);
        assertThat(first.traffic().bytesSent(Endpoint.BLOB)).isEqualTo(large.length);
    }
}
