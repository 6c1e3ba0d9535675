package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.registry.Auth;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Headers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** The system's clock is set, while Freshet runs and while it does not. */
class ClockTest {

    private static final String TYPE = "application/vnd.oci.image.index.v1+json";
    private static final String HIT = "freshet; hit";
    private static final String CONFIRMED = "freshet; fwd=stale; detail=revalidated";
    private static final String STALE = "freshet; hit; detail=stale";
    private static final byte[] INDEX = Bytes.of("{\"manifests\":[]}");

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @ParameterizedTest(name = "by {0}")
    @ValueSource(strings = {"P1D", "P-1D", "PT1H", "PT-1H", "P-400D", "P400D"})
    @DisplayName("L-10: while it runs, a tag, a list and a link stay as old as they are")
    void whileItRunsAgesStay(Duration jump) {
        proxy.steady();
        tag();
        proxy.manifest("latest");
        tags();
        pass(Duration.ofSeconds(10));
        int before = proxy.registry().traffic().all().size();

        proxy.clock().advance(jump);
        List<Got> hits = List.of(proxy.manifest("latest"), tags());
        pass(Duration.ofSeconds(40));
        Got nearlyOver = proxy.manifest("latest");
        pass(Duration.ofSeconds(20));
        Got over = proxy.manifest("latest");

        assertThat(hits).allSatisfy(got -> {
            assertThat(got.header("Cache-Status")).isEqualTo(HIT);
            assertThat(got.header("Age")).isEqualTo("10");
        });
        assertThat(nearlyOver.header("Cache-Status")).isEqualTo(HIT);
        assertThat(over.header("Cache-Status")).isEqualTo(CONFIRMED);
        assertThat(proxy.registry().traffic().all()).hasSize(before + 1);
    }

    @Test
    @DisplayName("L-10: a confirmation from the future, from before a restart, is none: it is asked for once and then fresh")
    void aConfirmationFromTheFutureIsNone() {
        Digest index = tag();
        proxy.manifest("latest");
        tags();
        proxy.stop();
        proxy.clock().advance(Duration.ofDays(-1));

        List<Got> asked = List.of(proxy.manifest("latest"), tags());
        List<Got> hits = List.of(proxy.manifest("latest"), tags(), proxy.manifest(index.toString()));

        assertThat(asked).extracting(got -> got.header("Cache-Status")).containsOnly(CONFIRMED);
        assertThat(hits).extracting(got -> got.header("Cache-Status")).containsOnly(HIT);
        assertThat(hits.subList(0, 2)).extracting(got -> got.header("Age")).containsOnly("0");
    }

    @Test
    @DisplayName("L-10: a tag that has moved is seen at once after the clock was set back over a restart")
    void aMoveIsSeen() {
        tag();
        proxy.manifest("latest");
        proxy.stop();
        proxy.clock().advance(Duration.ofDays(-1));
        Digest moved = proxy.registry().manifest(REPO, TYPE, Bytes.of("{\"manifests\":[],\"annotations\":{}}"));
        proxy.registry().tag(REPO, "latest", moved);

        assertThat(proxy.manifest("latest").digest()).isEqualTo(moved);
    }

    @Test
    @DisplayName("L-10: a link from the future is confirmed, and then good for its TTL")
    void aLinkFromTheFutureIsConfirmed() {
        Digest index = tag();
        Digest layer = proxy.layer(Bytes.random(1_000));
        proxy.manifest(index.toString());
        proxy.blob(layer);
        proxy.awaitNoFills();
        proxy.stop();
        proxy.clock().advance(Duration.ofDays(-400));

        List<Got> asked = List.of(proxy.manifest(index.toString()), proxy.blob(layer));
        List<Got> hits = List.of(proxy.manifest(index.toString()), proxy.blob(layer));

        assertThat(asked).extracting(got -> got.header("Cache-Status")).containsOnly(CONFIRMED);
        assertThat(hits).extracting(got -> got.header("Cache-Status")).containsOnly(HIT);
    }

    @Test
    @DisplayName("L-10: what is from the future is not lost while the registry is away, and no age is negative")
    void whatIsFromTheFutureIsServedStale() {
        Digest index = tag();
        proxy.manifest("latest");
        tags();
        proxy.registry().stop();
        proxy.stop();
        proxy.clock().advance(Duration.ofDays(-400));

        List<Got> stale = List.of(proxy.manifest("latest"), tags(), proxy.manifest(index.toString()));
        proxy.registry().start();

        assertThat(stale).extracting(got -> got.header("Cache-Status")).containsOnly(STALE);
        assertThat(stale.subList(0, 2)).extracting(got -> got.header("Age")).containsOnly("0");
    }

    @ParameterizedTest(name = "by {0}")
    @ValueSource(strings = {"P1D", "P-1D"})
    @DisplayName("L-10: absences, hold-offs and the circuit pass with elapsed time, not with the clock")
    void absencesAndHoldOffsPassWithElapsedTime(Duration jump) {
        proxy.steady();
        proxy.manifest("none");
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.status(429, Headers.of("Retry-After", "30")));
        Digest blob = Digest.sha256(Bytes.random(10));
        proxy.blob(blob);
        int before = proxy.registry().traffic().all().size();

        proxy.clock().advance(jump);
        Got absent = proxy.manifest("none");
        Got heldOff = proxy.blob(blob);
        int asked = proxy.registry().traffic().all().size();
        pass(Duration.ofSeconds(31));
        proxy.blob(blob);
        proxy.manifest("none");

        assertThat(absent.header("Cache-Status")).isEqualTo("freshet; hit; detail=negative");
        assertThat(heldOff.status()).isEqualTo(429);
        assertThat(asked).isEqualTo(before);
        assertThat(proxy.registry().traffic().all().size()).isEqualTo(before + 2);
    }

    @ParameterizedTest(name = "by {0}")
    @ValueSource(strings = {"P1D", "P-1D"})
    @DisplayName("L-10: a Retry-After that is a date is kept by elapsed time")
    void aDateIsKeptByElapsedTime(Duration jump) {
        proxy.steady();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(429,
                Headers.of("Retry-After", "Thu, 01 Jan 2026 00:00:30 GMT").with("Date",
                        "Thu, 01 Jan 2026 00:00:00 GMT")));
        proxy.manifest("a");
        int before = proxy.registry().traffic().all().size();

        proxy.clock().advance(jump);
        Got heldOff = proxy.manifest("b");
        pass(Duration.ofSeconds(31));
        proxy.manifest("b");

        assertThat(heldOff.status()).isEqualTo(429);
        assertThat(heldOff.header("Retry-After")).isEqualTo("30");
        assertThat(proxy.registry().traffic().all()).hasSize(before + 1);
    }

    @ParameterizedTest(name = "by {0}")
    @ValueSource(strings = {"P1D", "P-1D", "PT-5M", "PT5M"})
    @DisplayName("L-10: tokens, signed URLs and content that is not here are had after a jump of the clock of both sides")
    void aPullGoesOn(Duration jump) {
        proxy.steady();
        proxy.registry().reconfigure(settings -> settings.auth(new Auth.Bearer(Duration.ofMinutes(5))));
        byte[] first = Bytes.random(1_000);
        byte[] second = Bytes.random(1_001);
        Digest one = proxy.layer(first);
        Digest two = proxy.layer(second);
        assertThat(proxy.blob(one).body()).isEqualTo(first);

        proxy.clock().advance(jump);
        Got got = proxy.blob(two);

        assertThat(got.body()).isEqualTo(second);
    }

    @Test
    @DisplayName("L-10: the status tells no moment that is to come as past, and no negative time")
    void theStatusStaysSound() {
        proxy.steady();
        tag();
        proxy.manifest("latest");
        pass(Duration.ofSeconds(10));

        proxy.clock().advance(Duration.ofDays(-1));
        String status = proxy.client().get(proxy.admin("/api/v1/status")).text();

        assertThat(status).contains("\"uptimeSeconds\":10").contains("\"startedAt\":\"2026-01-01T00:00:00Z\"");
    }

    private Digest tag() {
        Digest index = proxy.registry().manifest(REPO, TYPE, INDEX);
        proxy.registry().tag(REPO, "latest", index);
        return index;
    }

    private Got tags() {
        return proxy.client().get(proxy.url("tags/list"));
    }

    /** Time passes, as it does, on every clock. */
    private void pass(Duration duration) {
        proxy.clock().advance(duration);
        proxy.pace().advance(duration);
    }
}
