package dev.freshet.proxy.faults;

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
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** That a repository holds content is confirmed again after {@code freshness.link-ttl}; the content is not fetched for that. */
class WithdrawnAccessTest {

    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final String OTHER = "library/other";
    private static final String HIT = "freshet; hit";
    private static final String CONFIRMED = "freshet; fwd=stale; detail=revalidated";
    private static final String STALE = "freshet; hit; detail=stale";
    private static final Duration TTL = Duration.ofDays(7);
    /** The TTL and a seventh: from then on requests wait for the registry's word. */
    private static final Duration PAST = Duration.ofDays(8);

    private final byte[] config = Bytes.of("{\"architecture\":\"amd64\"}");
    private final byte[] layer = Bytes.random(70_000);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    void withinTheTtlNothingIsAskedOfWhatIsKnownByItsDigest() {
        Digest image = pulled(REPO);
        proxy.clock().advance(TTL.minusMillis(1));
        int before = asked();

        List<Got> all = List.of(byDigest(image), layer(), proxy.client().head(proxy.url("manifests/" + image)),
                proxy.client().head(blobUrl(REPO, layer)), proxy.blob(Digest.sha256(layer), "Range", "bytes=5-9"));

        assertThat(all).extracting(got -> got.header("Cache-Status")).containsOnly(HIT);
        assertThat(asked()).isEqualTo(before);
    }

    @Test
    void aLittlePastTheTtlItIsServedAtOnceAndOneHeadConfirmsTheWholeImageBeside() {
        Digest image = pulled(REPO);
        proxy.clock().advance(TTL);
        Gate gate = new Gate();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.slowHead(gate));

        List<Got> hits = IntStream.range(0, 100).mapToObj(i -> byDigest(image)).toList();
        gate.awaitArrivals(1);
        gate.open();
        proxy.registry().traffic().awaitIdle();
        awaitConfirmed(image);
        proxy.clock().advance(TTL.minusMillis(1));
        List<Got> later = List.of(byDigest(image), layer(), proxy.blob(Digest.sha256(config)));

        assertThat(hits).extracting(got -> got.header("Cache-Status")).containsOnly(HIT);
        assertThat(later).extracting(got -> got.header("Cache-Status")).containsOnly(HIT);
        assertThat(methods(Endpoint.MANIFEST)).containsExactly("GET", "HEAD");
        assertThat(methods(Endpoint.BLOB)).hasSize(2);
    }

    @Test
    void longPastTheTtlAThousandClientsWaitForOneHeadAndItsBlobsNeedNone() {
        Digest image = pulled(REPO);
        proxy.clock().advance(PAST);
        Gate gate = new Gate();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.slowHead(gate));

        List<Future<Got>> begun = IntStream.range(0, 1_000)
                .mapToObj(i -> proxy.client().begin(proxy.url("manifests/" + image))).toList();
        gate.awaitArrivals(1);
        gate.open();
        List<Got> got = begun.stream().map(Client::await).toList();
        List<Got> blobs = List.of(layer(), proxy.blob(Digest.sha256(config)));

        assertThat(got).extracting(Got::digest).containsOnly(image);
        assertThat(got).extracting(answer -> answer.header("Cache-Status")).containsAnyOf(CONFIRMED)
                .allMatch(status -> status.equals(CONFIRMED) || status.equals(HIT));
        assertThat(blobs).extracting(answer -> answer.header("Cache-Status")).containsOnly(HIT);
        assertThat(methods(Endpoint.MANIFEST)).containsExactly("GET", "HEAD");
        assertThat(methods(Endpoint.BLOB)).hasSize(2);
    }

    @Test
    void aBlobThatIsAskedForWithoutItsManifestIsConfirmedByOneByte() {
        pulled(REPO);
        proxy.clock().advance(PAST);

        Got confirmed = layer();
        Got hit = layer();
        Got range = proxy.blob(Digest.sha256(config), "Range", "bytes=0-3");

        assertThat(confirmed.body()).isEqualTo(layer);
        assertThat(confirmed.header("Cache-Status")).isEqualTo(CONFIRMED);
        assertThat(hit.header("Cache-Status")).isEqualTo(HIT);
        assertThat(range.status()).isEqualTo(206);
        assertThat(range.header("Cache-Status")).isEqualTo(CONFIRMED);
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB).subList(2, 4)).extracting(Seen::range)
                .allSatisfy(asked -> assertThat(asked).contains("bytes=0-0"));
        assertThat(methods(Endpoint.BLOB)).hasSize(4);
    }

    @Test
    void aTagThatIsConfirmedConfirmsItsImage() {
        Digest image = pulled(REPO);
        proxy.registry().tag(REPO, "latest", image);
        proxy.manifest("latest");
        proxy.clock().advance(Duration.ofDays(5));
        proxy.manifest("latest");
        int before = asked();
        proxy.clock().advance(Duration.ofDays(6));

        List<Got> all = List.of(byDigest(image), layer());

        assertThat(all).extracting(got -> got.header("Cache-Status")).containsOnly(HIT);
        assertThat(asked()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 403, 401})
    @DisplayName("L-12, A-11: what the registry no longer serves is not served by digest any more, and stays for others")
    void whatIsWithdrawnIsNotServed(int status) {
        Digest image = pulled(REPO);
        pulled(OTHER);
        proxy.clock().advance(PAST);
        withdraw(status, REPO);

        Got manifest = byDigest(image);
        Got head = proxy.client().head(proxy.url("manifests/" + image));
        Got blob = layer();
        Got range = proxy.blob(Digest.sha256(config), "Range", "bytes=0-0");
        Got others = proxy.client().get(proxy.url(OTHER, "manifests/" + image));
        Got othersLayer = proxy.client().get(blobUrl(OTHER, layer));

        assertThat(List.of(manifest, head, blob, range)).extracting(Got::status).containsOnly(told(status));
        assertThat(others.status()).isEqualTo(200);
        assertThat(othersLayer.body()).isEqualTo(layer);
        assertThat(proxy.registry().traffic().storageGets(Digest.sha256(layer))).hasSize(1);
        proxy.registry().heal();
        proxy.pace().advance(Duration.ofHours(1));
        assertThat(byDigest(image).status()).isEqualTo(200);
        assertThat(layer().body()).isEqualTo(layer);
        assertThat(proxy.registry().traffic().storageGets(Digest.sha256(layer))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 403, 401})
    @DisplayName("L-12, A-11: the first request past the TTL has the withdrawal noticed, also for the blobs")
    void aWithdrawalIsNoticedBeside(int status) {
        Digest image = pulled(REPO);
        proxy.clock().advance(TTL);
        withdraw(status, REPO);

        Got first = byDigest(image);
        proxy.await("refused", () -> byDigest(image).status() == told(status));

        assertThat(first.status()).isEqualTo(200);
        proxy.await("refused", () -> layer().status() == told(status));
    }

    @ParameterizedTest(name = "HEAD first: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("A-09, A-10: a layer of one repository is not served for another that does not hold it")
    void aLayerOfAnotherRepositoryIsNotServed(boolean headFirst) {
        pulled(OTHER);
        proxy.registry().blob(REPO, Bytes.of("something else"));

        Got head = headFirst ? proxy.client().head(blobUrl(REPO, layer)) : layer();
        Got get = layer();
        Got range = proxy.blob(Digest.sha256(layer), "Range", "bytes=0-0");

        assertThat(List.of(head, get, range)).extracting(Got::status).containsOnly(404);
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 403, 401})
    @DisplayName("L-12, A-10: a blob is refused by HEAD and by GET, whichever comes first")
    void aBlobIsRefusedByHeadToo(int status) {
        pulled(REPO);
        proxy.clock().advance(PAST);
        withdraw(status, REPO);

        Got head = proxy.client().head(blobUrl(REPO, layer));
        Got get = layer();

        assertThat(List.of(head, get)).extracting(Got::status).containsOnly(told(status));
    }

    @Test
    void whileTheRegistryIsAwayWhatItHeldIsServedWithinTheBound() {
        Digest image = pulled(REPO);
        proxy.registry().stop();
        proxy.clock().advance(PAST);

        List<Got> stale = List.of(byDigest(image), layer(), proxy.client().head(proxy.url("manifests/" + image)));
        proxy.stop();
        proxy.clock().advance(Duration.ofDays(29).minusMillis(1));
        List<Got> lastMoment = List.of(byDigest(image), layer());
        proxy.clock().advance(Duration.ofMillis(1));
        List<Got> over = List.of(byDigest(image), layer());
        proxy.registry().start();

        assertThat(stale).extracting(got -> got.header("Cache-Status")).containsOnly(STALE);
        assertThat(lastMoment).extracting(got -> got.header("Cache-Status")).containsOnly(STALE);
        assertThat(over).extracting(Got::status).allMatch(status -> status >= 502);
    }

    @ParameterizedTest
    @CsvSource({"500", "503", "429"})
    void aRegistryThatCannotAnswerWithdrawsNothing(int status) {
        Digest image = pulled(REPO);
        proxy.clock().advance(PAST);
        withdraw(status, REPO);

        Got manifest = byDigest(image);
        proxy.registry().heal();
        proxy.pace().advance(Duration.ofHours(1));
        Got after = byDigest(image);

        assertThat(manifest.header("Cache-Status")).isEqualTo(STALE);
        assertThat(after.header("Cache-Status")).isEqualTo(CONFIRMED);
        assertThat(methods(Endpoint.MANIFEST)).startsWith("GET", "HEAD").last().isEqualTo("HEAD");
    }

    @Test
    void anImmutableTagIsServedWhileItsManifestIsHeld() {
        proxy.set("freshness.immutable-tags", "['v[0-9.]+']");
        Digest image = pulled(REPO);
        proxy.registry().tag(REPO, "v1", image);
        proxy.manifest("v1");
        proxy.clock().advance(PAST);

        Got confirmed = proxy.manifest("v1");
        Got hit = proxy.manifest("v1");
        proxy.clock().advance(PAST);
        withdraw(403, REPO);
        Got refused = proxy.manifest("v1");

        assertThat(confirmed.header("Cache-Status")).isEqualTo(CONFIRMED);
        assertThat(hit.header("Cache-Status")).isEqualTo(HIT);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).filteredOn(s -> s.method().equals("HEAD"))
                .allSatisfy(s -> assertThat(s.request().path()).endsWith(image.toString())).isNotEmpty();
    }

    @Test
    void aTtlOfZeroAsksEveryTimeAndFetchesNothingAgain() {
        proxy.set("freshness.link-ttl", "0s");
        Digest image = pulled(REPO);
        int before = asked();

        List<Got> all = List.of(byDigest(image), byDigest(image), layer(), layer());

        assertThat(all).extracting(got -> got.header("Cache-Status")).containsOnly(CONFIRMED);
        assertThat(asked()).isEqualTo(before + 4);
    }

    @Test
    void aBlobThatIsNotHereIsAskedForByItsFillAlone() {
        Digest cold = proxy.layer(Bytes.of("cold"));
        proxy.clock().advance(PAST);
        int before = asked();

        Got filled = proxy.blob(cold);
        proxy.awaitNoFills();
        Got hit = proxy.blob(cold);

        assertThat(filled.body()).isEqualTo(Bytes.of("cold"));
        assertThat(hit.header("Cache-Status")).isEqualTo(HIT);
        assertThat(asked()).isEqualTo(before + 1);
    }

    @Test
    void whoJoinsTheFillOfAnotherRepositoryIsConfirmedFirst() {
        Digest cold = proxy.layer(Bytes.of("cold"));
        proxy.registry().blob(OTHER, Bytes.of("cold"));
        proxy.clock().advance(PAST);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), Fault.slowHead(gate));
        Future<Got> leader = proxy.client().begin(proxy.url(OTHER, "blobs/" + cold));
        gate.awaitArrivals(1);
        proxy.registry().when(On.every(Endpoint.BLOB).where(request -> request.path().contains(REPO)),
                Fault.status(403));

        Got refused = proxy.blob(cold);
        gate.open();

        assertThat(refused.status()).isEqualTo(403);
        assertThat(Client.await(leader).body()).isEqualTo(Bytes.of("cold"));
    }

    @Test
    void whereHeadDoesNotTellTheDigestOneGetConfirms() {
        Digest image = pulled(REPO);
        proxy.clock().advance(PAST);
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), Fault.status(405));

        Got got = byDigest(image);
        Got hit = byDigest(image);

        assertThat(got.digest()).isEqualTo(image);
        assertThat(hit.header("Cache-Status")).isEqualTo(HIT);
        assertThat(methods(Endpoint.MANIFEST)).filteredOn("GET"::equals).hasSize(2);
    }

    /** What the client is told: a registry that wants other credentials is 403, as Freshet asks clients for none. */
    private static int told(int status) {
        return status == 401 ? 403 : status;
    }

    private Digest pulled(String repository) {
        Digest configDigest = proxy.registry().blob(repository, config);
        Digest layerDigest = proxy.registry().blob(repository, layer);
        Digest image = proxy.registry().manifest(repository, TYPE,
                Bytes.of(
                        """
                                {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
                                "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}"""
                                .formatted(configDigest, config.length, layerDigest, layer.length)));
        assertThat(proxy.client().get(proxy.url(repository, "manifests/" + image)).status()).isEqualTo(200);
        assertThat(proxy.client().get(blobUrl(repository, config)).body()).isEqualTo(config);
        assertThat(proxy.client().get(blobUrl(repository, layer)).body()).isEqualTo(layer);
        proxy.awaitNoFills();
        return image;
    }

    private void withdraw(int status, String repository) {
        for (Endpoint endpoint : List.of(Endpoint.MANIFEST, Endpoint.BLOB)) {
            proxy.registry().when(On.every(endpoint).where(request -> request.path().contains(repository)),
                    Fault.status(status));
        }
    }

    /** Waits until what was confirmed beside is noted: the manifest's own link comes last. */
    private void awaitConfirmed(Digest image) {
        proxy.await("confirmation noted", () -> {
            proxy.clock().advance(Duration.ofDays(1));
            String status = byDigest(image).header("Cache-Status");
            proxy.clock().advance(Duration.ofDays(-1));
            return status.equals(HIT);
        });
    }

    private Got byDigest(Digest image) {
        return proxy.manifest(image.toString());
    }

    private Got layer() {
        return proxy.blob(Digest.sha256(layer));
    }

    private String blobUrl(String repository, byte[] content) {
        return proxy.url(repository, "blobs/" + Digest.sha256(content));
    }

    private int asked() {
        return proxy.registry().traffic().of(Endpoint.MANIFEST).size()
                + proxy.registry().traffic().of(Endpoint.BLOB).size();
    }

    private List<String> methods(Endpoint endpoint) {
        return proxy.registry().traffic().of(endpoint).stream().map(Seen::method).toList();
    }
}
