package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.Auth;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Gate;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.Bytes.MIB;
import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Upstreams that are slow, silent or overloaded: every wait is bounded, and others do not notice. */
class SlowUpstreamTest {

    private static final byte[] BLOB = Bytes.random(2 * MIB);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @BeforeEach
    void waitAThirdOfASecondOnly() {
        proxy.set("fetch.stall-timeout", "1s").set("fetch.manifest-timeout", "1s");
    }

    @Test
    @DisplayName("U-17: a trickle is no progress: it ends at the stall timeout, and others are not affected")
    void aTrickleEndsAtTheStallTimeout() {
        Digest slow = proxy.registry().blob(REPO, BLOB);
        byte[] other = Bytes.random(MIB);
        Digest quick = proxy.registry().blob(REPO, other);
        proxy.registry().when(On.storage().digest(slow), new Fault.Trickled(Duration.ofMillis(5)));

        Future<Got> begun = proxy.client().begin(proxy.url("blobs/" + slow));
        proxy.registry().traffic().await(1, seen -> seen.isStorageGet() && seen.bytesSent() > 3);
        Got meanwhile = proxy.blob(quick);
        // More than once: time that passes while Freshet itself is busy with the bytes is no fault of the upstream.
        proxy.await("the trickle has ended", () -> {
            proxy.pace().advance(Duration.ofMillis(1_001));
            return begun.isDone();
        });
        Got got = Client.await(begun);

        assertThat(meanwhile.digest()).isEqualTo(quick);
        assertThat(got.cut()).isTrue();
        assertThat(got.body()).hasSizeLessThan(64 * 1024);
        assertThat(proxy.log()).anyMatch(line -> line.startsWith("WARN fill") && line.contains("ended, stalled: ")
                && line.contains("no progress at byte"));
        proxy.awaitNoFills();
        proxy.heals(slow, BLOB);
    }

    @Test
    @DisplayName("U-17: a manifest that trickles is bounded too")
    void aTricklingManifestIsBounded() {
        byte[] body = Bytes.of("{" + " ".repeat(2_000) + "}");
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, "application/json", body));
        proxy.registry().when(On.every(Endpoint.MANIFEST), new Fault.Trickled(Duration.ofMillis(50)));

        Got got = proxy.manifest("latest");

        assertThat(got.status()).isEqualTo(504);
        proxy.registry().heal();
        assertThat(proxy.manifest("latest").body()).isEqualTo(body);
    }

    @Test
    @DisplayName("U-17: so is a token")
    void aTricklingTokenIsBounded() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().reconfigure(s -> s.auth(new Auth.Bearer(Duration.ofHours(1))));
        proxy.registry().when(On.every(Endpoint.TOKEN), new Fault.Trickled(Duration.ofMillis(100)));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(504);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-18: silence for ever after the head ends the fill, and a new one can lead")
    void silenceAfterTheHeadEndsTheFill() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), Fault.stallAt(0));

        Got got = proxy.blob(digest);

        assertThat(got.cut()).isTrue();
        assertThat(got.body()).isEmpty();
        assertThat(proxy.registry().traffic().storageGets()).hasSizeLessThan(6);
        proxy.awaitNoFills();
        assertThat(proxy.metric("freshet_fills_ended_total", "end=\"stalled\"")).isEqualTo(1);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-18: silence before the head is an error that says so")
    void silenceBeforeTheHeadIsAnError() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), Fault.slowHead(new Gate()));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(504);
        assertThat(got.text()).contains("silent").contains("upstream lab");
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-18: silence in the middle is resumed")
    void silenceInTheMiddleIsResumed() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage().nth(1), Fault.stallAt(MIB));

        Got got = proxy.blob(digest);

        assertThat(got.cut()).isFalse();
        assertThat(got.digest()).isEqualTo(digest);
        assertThat(proxy.metric("freshet_resumes_total")).isEqualTo(1);
    }

    @Test
    @DisplayName("U-20: server errors on a cold blob are retried a few times with growing pauses, then told")
    void serverErrorsAreRetriedWithPauses() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), Fault.status(503));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(503);
        assertThat(got.header("Retry-After")).isNotEmpty();
        assertThat(proxy.registry().traffic().storageGets()).hasSize(4);
        assertThat(proxy.pace().pauses()).containsExactly(Duration.ofMillis(75), Duration.ofMillis(150),
                Duration.ofMillis(300));
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-20: server errors on a cold manifest likewise")
    void serverErrorsOnAManifestAreRetried() {
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, "application/json", Bytes.of("{}")));
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(500));

        Got got = proxy.manifest("latest");

        assertThat(got.status()).isEqualTo(503);
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).hasSize(4);
        proxy.registry().heal();
        assertThat(proxy.manifest("latest").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("U-20: two server errors are not noticed")
    void twoServerErrorsAreNotNoticed() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB).nth(1), Fault.status(502));
        proxy.registry().when(On.storage().nth(1), Fault.status(500));

        Got got = proxy.blob(digest);

        assertThat(got.digest()).isEqualTo(digest);
    }

    @Test
    @DisplayName("O-01: a stop does not wait for an upstream that is silent")
    void aStopDoesNotWaitForASilentUpstream() {
        proxy.set("fetch.stall-timeout", "60s");
        Digest digest = proxy.registry().blob(REPO, BLOB);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), Fault.slowHead(gate));
        Future<Got> begun = proxy.client().begin(proxy.url("blobs/" + digest));
        gate.awaitArrivals(1);

        long began = System.nanoTime();
        proxy.stop();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        assertThat(Client.await(begun).status()).isIn(0, 503);
    }
}
