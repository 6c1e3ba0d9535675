package dev.freshet.proxy.foreign;

import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Gate;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Bytes are keyed by digest, permission by repository: to list the digest of another repository with a URL opens nothing. */
class ForeignPermissionTest extends ForeignKit {

    private static final String OWNER = "secret/owner";
    private static final String THIEF = "team/thief";

    private void storeOfOwner() {
        proxy.registry().blob(OWNER, LAYER);
        assertIsLayer(layerOf(OWNER));
        proxy.awaitNoFills();
    }

    @Test
    void whatAnotherRepositoryHasStoredIsNotServedForAListing() {
        storeOfOwner();
        first.when(On.every(Endpoint.BLOB), Fault.status(404));
        serveFor(THIEF, url(first));

        Got get = layerOf(THIEF);
        Got range = layerOf(THIEF, "Range", "bytes=0-99");

        assertThat(List.of(get, range)).extracting(Got::status).containsOnly(404);
    }

    @Test
    void noByteOfItIsServedWhenTheUrlHasSomethingElseOfThatSize() {
        storeOfOwner();
        first.when(On.every(Endpoint.BLOB), new Fault.WithBody(Content.of("!".repeat(LAYER.length))));
        serveFor(THIEF, url(first));

        Got get = layerOf(THIEF);
        Got range = layerOf(THIEF, "Range", "bytes=0-99");

        assertThat(get.cut()).isTrue();
        assertThat(get.text()).matches("!*");
        assertThat(range.text()).isEqualTo("!".repeat(100));
        assertIsLayer(layerOf(OWNER));
    }

    @Test
    void noByteOfWhatAnotherIsFetchingIsServedForAListing() {
        proxy.registry().blob(OWNER, LAYER);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), new Fault.HoldAt(1_000_000, gate));
        first.when(On.every(Endpoint.BLOB), new Fault.WithBody(Content.of("!".repeat(LAYER.length))));
        serveFor(THIEF, url(first));

        Future<Got> owner = proxy.client().begin(proxy.url(OWNER, "blobs/" + DIGEST));
        gate.awaitArrivals(1);
        Got range = layerOf(THIEF, "Range", "bytes=0-99");
        gate.open();

        assertThat(range.text()).isEqualTo("!".repeat(100));
        assertIsLayer(Client.await(owner));
    }

    @Test
    void whatAThiefFetchesSpoilsNothingForTheOwner() {
        proxy.registry().blob(OWNER, LAYER);
        Gate gate = new Gate();
        first.when(On.every(Endpoint.BLOB), new Fault.WithBody(Content.of("!".repeat(LAYER.length))),
                new Fault.HoldAt(1_000_000, gate));
        serveFor(THIEF, url(first));

        Future<Got> thief = proxy.client().begin(proxy.url(THIEF, "blobs/" + DIGEST));
        gate.awaitArrivals(1);
        Got owner = layerOf(OWNER);
        gate.open();

        assertIsLayer(owner);
        assertThat(Client.await(thief).cut()).isTrue();
    }

    @Test
    void whoNamesTheRightUrlIsServedWhatItDelivers() {
        storeOfOwner();
        serveFor(THIEF, url(first));

        Got fetched = layerOf(THIEF);
        proxy.awaitNoFills();
        Got hit = layerOf(THIEF);

        assertIsLayer(fetched);
        assertThat(fetched.header("Cache-Status")).startsWith("freshet; fwd=uri-miss");
        assertIsLayer(hit);
        assertThat(hit.header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(gets(first)).hasSize(1);
    }

    @Test
    void aUrlThatHasDeliveredServesAllRepositoriesThatListIt() {
        serveFor("team/one", url(first));
        serveFor("team/two", url(second), url(first));
        serveFor("team/three", url(second));

        assertIsLayer(layerOf("team/one"));
        proxy.awaitNoFills();
        Got two = layerOf("team/two");
        int afterTwo = gets(first).size() + gets(second).size();
        Got three = layerOf("team/three");

        assertIsLayer(two);
        assertThat(two.header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(afterTwo).isEqualTo(1);
        assertIsLayer(three);
        assertThat(gets(second)).hasSize(1);
    }

    @Test
    void aRepositoryThatListsNothingIsServedNothing() {
        serveFor("team/one", url(first));
        assertIsLayer(layerOf("team/one"));
        proxy.registry().blob("team/two", Bytes.of("x"));

        Got other = layerOf("team/two");

        assertThat(other.status()).isEqualTo(404);
    }

    @Test
    void aManifestThatWasNotServedForTheRepositoryDoesNotCount() {
        list("team/one", url(first));

        Got got = layerOf("team/one");

        assertThat(got.status()).isEqualTo(404);
        assertThat(gets(first)).isEmpty();
    }

    @Test
    void whatIsNotAllowedAnyMoreIsNotServedFromTheStoreEither() {
        serve(url(first));
        assertIsLayer(layer());
        proxy.awaitNoFills();
        proxy.stop();
        proxy.set("foreign-layers.deny", "/v2/files/");

        Got got = layer();

        assertThat(got.status()).isEqualTo(404);
        assertThat(got.text()).contains("foreign-layers.deny");
    }
}
