package dev.freshet.proxy.foreign;

import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Framing;
import dev.freshet.testbed.wire.Gate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** URLs that do not have the layer, break off, or have something else: the next one is asked, or the client is told. */
class ForeignFailuresTest extends ForeignKit {

    static Stream<Fault> noLayer() {
        return Stream.of(Fault.status(404), Fault.status(403), Fault.status(401), Fault.status(410), Fault.status(500),
                Fault.status(429), Fault.loginPage(), Fault.resetAt(0), new Fault.WithBody(Content.of("short")),
                Fault.header("Content-Length", "7"), new Fault.Gzipped(), Fault.redirect("ftp://x/"),
                Fault.redirect("http://127.0.0.1:9/"), new Fault.WithStatus(204), Fault.redirect("/loop"));
    }

    @ParameterizedTest
    @MethodSource("noLayer")
    void theNextUrlIsAskedWhenOneDoesNotGiveTheLayer(Fault fault) {
        first.when(On.every(Endpoint.BLOB), fault);
        serve(url(first), url(second));

        Got got = layer();

        assertIsLayer(got);
        assertThat(gets(first)).isNotEmpty();
    }

    @Test
    void theNextUrlIsAskedWhenAServerIsDown() {
        serve(url(first), url(second));
        first.stop();

        assertIsLayer(layer());
    }

    @Test
    @DisplayName("L-01: beside a server that is silent the next one is asked")
    void theNextUrlIsAskedBesideASilentServer() {
        Gate gate = new Gate();
        first.when(On.every(Endpoint.BLOB), Fault.slowHead(gate));
        serve(url(first), url(second));
        Future<Got> begun = proxy.client().begin(proxy.url("blobs/" + DIGEST));
        gate.awaitArrivals(1);

        proxy.pace().advance(Duration.ofSeconds(7));

        assertIsLayer(Client.await(begun));
        assertThat(gets(second)).hasSize(1);
        gate.open();
    }

    @Test
    void aTransferThatBreaksGoesOnAtTheNextUrl() {
        first.when(On.every(Endpoint.BLOB), Fault.resetAt(1_500_000));
        serve(url(first), url(second));

        Got got = layer();

        assertIsLayer(got);
        assertThat(gets(first)).hasSize(1);
        assertThat(gets(second)).hasSize(1);
        String range = gets(second).getFirst().range().orElseThrow();
        assertThat(Long.parseLong(range.replaceAll("bytes=([0-9]+)-.*", "$1"))).isBetween(1L, 1_500_000L);
        assertThat(proxy.metric("freshet_resumes_total")).isEqualTo(1);
    }

    @Test
    void aTransferThatBreaksGoesOnAtTheOnlyUrl() {
        first.when(On.every(Endpoint.BLOB).nth(1), Fault.cutAt(1_500_000));
        serve(url(first));

        assertIsLayer(layer());

        assertThat(gets(first)).extracting(Seen::range).hasSize(2).last().isNotEqualTo(Optional.empty());
    }

    @Test
    void wrongBytesAreCutOffAndNotStoredAndTheNextRequestAsksTheOther() {
        first.when(On.every(Endpoint.BLOB), new Fault.CorruptAt(77));
        serve(url(first), url(second));

        Got wrong = layer();
        proxy.awaitNoFills();
        Got right = layer();

        assertThat(wrong.cut()).isTrue();
        assertThat(wrong.body()).hasSizeLessThan(LAYER.length);
        assertIsLayer(right);
        assertThat(gets(first)).hasSize(1);
        assertThat(gets(second)).hasSize(1);
        assertThat(proxy.metric("freshet_digest_mismatches_total")).isEqualTo(1);
    }

    @Test
    void moreBytesThanTheManifestSaysAreCutOff() {
        first.when(On.every(Endpoint.BLOB), new Fault.WithBody(Content.of(Arrays.copyOf(LAYER, LAYER.length + 1))),
                new Fault.Framed(Framing.CHUNKED));
        serve(url(first), url(second));

        Got wrong = layer();
        proxy.awaitNoFills();
        Got right = layer();

        assertThat(wrong.cut()).isTrue();
        assertIsLayer(right);
    }

    @Test
    void aLengthThatIsNotStatedIsTakenAtTheManifestsWord() {
        first.when(On.every(Endpoint.BLOB), new Fault.Framed(Framing.CHUNKED));
        serve(url(first));

        assertIsLayer(layer());
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 403, 401})
    void whenNoUrlHasItTheClientIsToldSoWithAllUrls(int status) {
        first.when(On.every(Endpoint.BLOB), Fault.status(status));
        second.when(On.every(Endpoint.BLOB), Fault.status(404));
        serve(url(first), url(second));

        Got got = layer();

        assertThat(got.status()).isEqualTo(404);
        assertThat(got.text()).contains("BLOB_UNKNOWN", "it answered " + status, first.authority(), second.authority());
        assertThat(gets(first)).hasSize(1);
        first.heal();
        assertIsLayer(layer());
    }

    @Test
    void serversThatFailAreAskedAgainAndThenTheClientIsTold() {
        first.when(On.every(Endpoint.BLOB), Fault.status(503));
        serve(url(first));

        Got got = layer();

        assertThat(got.status()).isEqualTo(503);
        assertThat(got.text()).contains("it answered 503");
        assertThat(gets(first)).hasSizeBetween(2, 5);
        first.heal();
        assertIsLayer(layer());
    }

    @Test
    void theUrlsAreNotAskedWhileTheRegistryOnlyFails() {
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.status(500));
        serve(url(first));

        Got got = layer();

        assertThat(got.status()).isEqualTo(503);
        assertThat(gets(first)).isEmpty();
    }

    @Test
    void fiveRedirectsAreFollowedAndNoMore() {
        first.when(On.every(Endpoint.BLOB), Fault.redirect(first.hops(50, "/v2/files/blobs/" + DIGEST)));
        serve(url(first));

        Got got = layer();

        assertThat(got.status()).isEqualTo(404);
        assertThat(got.text()).contains("redirects more than 5 times");
        assertThat(first.traffic().all()).hasSizeLessThanOrEqualTo(4 * 6);
    }
}
