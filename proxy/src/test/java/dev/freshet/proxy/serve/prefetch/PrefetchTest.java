package dev.freshet.proxy.serve.prefetch;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Gate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code fetch.prefetch}: what is fetched before it is asked for, and what is not. */
class PrefetchTest {

    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    private final Map<Digest, Integer> sizes = new HashMap<>();

    @BeforeEach
    void switchOn() {
        proxy.set("fetch.prefetch", "layers").set("fetch.stall-timeout", "1h");
    }

    @Test
    void configAndLayersAreFetchedWhenTheManifestIs() {
        List<Digest> blobs = blobs(REPO, 100, 3000, 200_000);
        Digest manifest = image(REPO, blobs);

        proxy.manifest(manifest.toString());
        awaitComplete(3);

        assertThat(blobs).extracting(blob -> proxy.blob(blob).header("Cache-Status")).containsOnly("freshet; hit");
        assertThat(proxy.manifest(manifest.toString()).header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(fetched()).containsExactlyInAnyOrderElementsOf(blobs);
    }

    @Test
    void twoAreFetchedAtOnceAndTheLargestFirst() {
        List<Digest> blobs = blobs(REPO, 10, 300, 5000, 200, 4000);
        Gate gate = hold();

        proxy.manifest(image(REPO, blobs).toString());
        gate.awaitArrivals(2);
        List<Digest> first = fetched();
        long active = proxy.metric("freshet_fills_active");
        gate.open();
        awaitComplete(5);

        assertThat(first).containsExactlyInAnyOrder(blobs.get(2), blobs.get(4));
        assertThat(active).isEqualTo(2);
        assertThat(fetched()).hasSize(5);
    }

    @Test
    void aQuarterOfTheFillsIsTheMost() {
        proxy.set("fetch.max-fills", "4");
        List<Digest> blobs = blobs(REPO, 10, 300, 5000);
        Gate gate = hold();

        proxy.manifest(image(REPO, blobs).toString());
        gate.awaitArrivals(1);
        long active = proxy.metric("freshet_fills_active");
        gate.open();
        awaitComplete(3);

        assertThat(active).isEqualTo(1);
    }

    @Test
    void aHeadAndAnIndexStartNothingAndForeignLayersAreLeftAlone() {
        Digest headed = image(REPO, blobs(REPO, 11, 301));
        List<Digest> blobs = blobs(REPO, 12, 302);
        Digest foreign = proxy.registry().blob(REPO, Bytes.random(999));
        Digest chosen = proxy.registry().manifest(REPO, MANIFEST, Bytes.of("""
                {"config":%s,"layers":[%s,{"digest":"%s","size":999,"urls":["http://198.51.100.1/layer"]}]}"""
                .formatted(descriptor(blobs.getFirst(), 12), descriptor(blobs.getLast(), 302), foreign)));
        Digest index = proxy.registry().manifest(REPO, "application/vnd.oci.image.index.v1+json", Bytes.of("""
                {"manifests":[%s,%s]}""".formatted(descriptor(headed, 1), descriptor(chosen, 1))));

        proxy.client().head(proxy.url("manifests/" + headed));
        proxy.manifest(index.toString());
        proxy.manifest(chosen.toString());
        awaitComplete(2);

        assertThat(fetched()).containsExactlyInAnyOrderElementsOf(blobs);
    }

    @Test
    void nothingIsFetchedUnlessItIsSwitchedOn() {
        proxy.set("fetch.prefetch", "none");
        List<Digest> blobs = blobs(REPO, 10, 300);

        proxy.manifest(image(REPO, blobs).toString());
        proxy.blob(blobs.getLast());
        proxy.awaitNoFills();

        assertThat(proxy.metric("freshet_fills_total")).isEqualTo(1);
    }

    @Test
    void itIsAskedOfTheRepositoryThatTheManifestWasServedFor() {
        blobs("team/other", 10, 300);
        List<Digest> blobs = blobs(REPO, 10, 300);

        proxy.manifest(image(REPO, blobs).toString());
        awaitComplete(2);

        assertThat(proxy.registry().traffic().of(Endpoint.BLOB)).hasSize(2)
                .allSatisfy(seen -> assertThat(seen.request().path()).startsWith("/v2/" + REPO + "/blobs/"));
    }

    @Test
    void whatIsStoredOrOnItsWayIsNotFetchedAgain() {
        List<Digest> blobs = blobs(REPO, 10, 300, 4000);
        proxy.blob(blobs.getFirst());
        proxy.awaitNoFills();
        Gate gate = hold();
        Future<Got> client = proxy.client().begin(proxy.url("blobs/" + blobs.getLast()));
        gate.awaitArrivals(1);

        proxy.manifest(image(REPO, blobs).toString());
        gate.awaitArrivals(2);
        gate.open();
        awaitComplete(3);

        assertThat(Client.await(client).digest()).isEqualTo(blobs.getLast());
        assertThat(fetched()).containsExactlyInAnyOrderElementsOf(blobs);
    }

    @Test
    void aClientJoinsWhatIsFetchedForIt() {
        List<Digest> blobs = blobs(REPO, 10, 4000);
        Gate gate = hold();
        proxy.manifest(image(REPO, blobs).toString());
        gate.awaitArrivals(2);

        Future<Got> client = proxy.client().begin(proxy.url("blobs/" + blobs.getLast()));
        proxy.await("a reader", () -> proxy.metric("freshet_fill_readers") == 1);
        gate.open();

        assertThat(Client.await(client).digest()).isEqualTo(blobs.getLast());
        assertThat(proxy.registry().traffic().storageGets(blobs.getLast())).hasSize(1);
    }

    @Test
    void aBlobThatNoClientComesForWithinAMinuteIsAbandonedAndTheRestIsLeft() {
        List<Digest> blobs = blobs(REPO, 10, 300, 4000, 5000);
        List<Digest> later = blobs(REPO, 11, 301);
        Gate gate = hold();
        proxy.manifest(image(REPO, blobs).toString());
        gate.awaitArrivals(2);

        proxy.pace().advance(Duration.ofSeconds(61));
        proxy.await("what is abandoned is noticed at the next look", () -> {
            proxy.pace().advance(Duration.ofSeconds(5));
            return proxy.metric("freshet_fills_active") == 0;
        });
        gate.open();
        proxy.manifest(image(REPO, later).toString());
        awaitComplete(2);

        assertThat(ended("abandoned")).isEqualTo(2);
        assertThat(Set.copyOf(fetched())).isEqualTo(Set.of(blobs.get(2), blobs.get(3), later.get(0), later.get(1)));
    }

    @Test
    void anAbandonedBlobGoesOnFromThereForTheNextClient() {
        byte[] content = Bytes.random(4 * Bytes.MIB);
        Digest layer = proxy.registry().blob(REPO, content);
        sizes.put(layer, content.length);
        List<Digest> blobs = List.of(blobs(REPO, 10).getFirst(), layer);
        Gate gate = new Gate();
        proxy.registry().when(On.storage().digest(layer).nth(1), new Fault.HoldAt(3L * Bytes.MIB, gate));
        proxy.registry().when(On.storage().digest(layer).from(2), Fault.slowHead(gate));
        proxy.manifest(image(REPO, blobs).toString());
        gate.awaitArrivals(1);
        awaitComplete(1);

        proxy.pace().advance(Duration.ofSeconds(61));
        proxy.awaitNoFills();
        proxy.registry().heal();
        Got got = proxy.blob(layer);

        assertThat(ended("abandoned")).isEqualTo(1);
        assertThat(got.body()).isEqualTo(content);
        assertThat(got.header("Cache-Status")).isEqualTo("freshet; fwd=partial; stored");
    }

    @Test
    void whatAClientHasJoinedGoesOnAlsoWhenItHasLeft() {
        List<Digest> blobs = blobs(REPO, 10, 300, 4000, 5000);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), new Fault.HoldAt(100, gate));
        proxy.manifest(image(REPO, blobs).toString());
        gate.awaitArrivals(2);
        Got begun = proxy.blob(blobs.getLast(), "Range", "bytes=0-9");
        proxy.await("the reader gone", () -> proxy.metric("freshet_fill_readers") == 0);

        proxy.pace().advance(Duration.ofSeconds(61));
        proxy.await("one abandoned", () -> ended("abandoned") == 1);
        gate.open();
        awaitComplete(1);

        assertThat(begun.body()).hasSize(10);
        assertThat(proxy.blob(blobs.getLast()).header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(ended("complete")).isEqualTo(1);
    }

    @Test
    void whatIsStillReadIsStillWanted() {
        List<Digest> blobs = blobs(REPO, 10, 300, 4000, 5000);
        Gate gate = hold();
        proxy.manifest(image(REPO, blobs).toString());
        gate.awaitArrivals(2);
        Future<Got> client = proxy.client().begin(proxy.url("blobs/" + blobs.getLast()));
        proxy.await("a reader", () -> proxy.metric("freshet_fill_readers") == 1);

        proxy.pace().advance(Duration.ofMinutes(10));
        gate.open();
        awaitComplete(4);

        assertThat(Client.await(client).digest()).isEqualTo(blobs.getLast());
        assertThat(ended("abandoned")).isZero();
    }

    @Test
    void itGoesOnWhileAClientComes() {
        List<Digest> blobs = blobs(REPO, 10, 300, 4000, 5000);
        Gate gate = hold();
        proxy.manifest(image(REPO, blobs).toString());
        gate.awaitArrivals(2);

        proxy.pace().advance(Duration.ofSeconds(40));
        Future<Got> client = proxy.client().begin(proxy.url("blobs/" + blobs.getLast()));
        proxy.await("a reader", () -> proxy.metric("freshet_fill_readers") == 1);
        proxy.pace().advance(Duration.ofSeconds(40));
        gate.open();
        awaitComplete(4);

        assertThat(Client.await(client).status()).isEqualTo(200);
    }

    @Test
    void aFailureIsNotRepeatedAtOnceAndTheRestComes() {
        List<Digest> blobs = blobs(REPO, 10, 300, 4000);
        Digest manifest = image(REPO, blobs);
        proxy.registry().when(On.every(Endpoint.BLOB).digest(blobs.getLast()), Fault.status(404));

        proxy.manifest(manifest.toString());
        awaitComplete(2);
        proxy.await("a failure", () -> ended("refused-not-found") == 1);
        proxy.manifest(manifest.toString());
        proxy.manifest(image(REPO, blobs(REPO, 11, 301)).toString());
        awaitComplete(4);

        assertThat(ended("refused-not-found")).isEqualTo(1);
    }

    @Test
    void anImageThatIsTooLargeIsLeftToItsClient() {
        proxy.set("cache.max-size", "64MiB");
        Digest config = proxy.registry().blob(REPO, Bytes.random(10));
        Digest large = proxy.registry().manifest(REPO, MANIFEST,
                Bytes.of("{\"layers\":[%s]}".formatted(descriptor(config, (16 << 20) + 1))));
        List<Digest> blobs = blobs(REPO, 11, 301);

        proxy.manifest(large.toString());
        proxy.manifest(image(REPO, blobs).toString());
        awaitComplete(2);

        assertThat(fetched()).containsExactlyInAnyOrderElementsOf(blobs);
    }

    private Gate hold() {
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), Fault.slowHead(gate));
        return gate;
    }

    private void awaitComplete(int count) {
        proxy.await(count + " blobs fetched", () -> ended("complete") == count);
    }

    private long ended(String end) {
        return proxy.metric("freshet_fills_ended_total", "end=\"" + end + "\"");
    }

    private List<Digest> fetched() {
        return proxy.registry().traffic().storageGets().stream().map(Seen::digest).flatMap(Optional::stream).toList();
    }

    private List<Digest> blobs(String repository, int... lengths) {
        return Arrays.stream(lengths).mapToObj(length -> {
            Digest digest = proxy.registry().blob(repository, Bytes.random(length));
            sizes.put(digest, length);
            return digest;
        }).toList();
    }

    /** An image whose first blob is its config. */
    private Digest image(String repository, List<Digest> blobs) {
        return proxy.registry().manifest(repository, MANIFEST, Bytes.of("""
                {"schemaVersion":2,"config":%s,"layers":[%s]}""".formatted(stated(blobs.getFirst()),
                blobs.stream().skip(1).map(this::stated).collect(Collectors.joining(",")))));
    }

    private String stated(Digest blob) {
        return descriptor(blob, sizes.getOrDefault(blob, 0));
    }

    private static String descriptor(Digest digest, long size) {
        return "{\"digest\":\"%s\",\"size\":%d}".formatted(digest, size);
    }
}
