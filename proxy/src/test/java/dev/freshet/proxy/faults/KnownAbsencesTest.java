package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Headers;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** What a registry is known not to have while it cannot be asked: it is served like a tag that it is known to have. */
class KnownAbsencesTest {

    private static final String TYPE = "application/vnd.oci.image.index.v1+json";
    private static final byte[] MANIFEST = Bytes.of("{\"manifests\":[]}");
    private static final Digest SUBJECT = Digest.sha256(MANIFEST);
    private static final Digest NOWHERE = Digest.sha256(Bytes.of("nowhere"));
    private static final String SIGNATURE = SUBJECT.toString().replace(':', '-');
    private static final String STALE = "freshet; hit; detail=negative+stale";
    private static final String ASKED = "freshet; fwd=uri-miss";
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration HOUR = Duration.ofHours(1);

    private static final List<String> ABSENT = Stream.concat(
            Stream.of("", ".sig", ".att", ".sbom").map(suffix -> "manifests/" + SIGNATURE + suffix),
            Stream.of("manifests/none", "manifests/" + NOWHERE, "referrers/" + SUBJECT, "blobs/" + NOWHERE)).toList();

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"down", "500", "503", "429"})
    @DisplayName("L-13: what is known not to be there is 404, negative and stale, while the registry cannot be asked")
    void whatIsKnownNotToBeThereIsServedStale(String outage) {
        image();
        warm();
        later(HOUR);
        outage(outage);

        List<Got> gets = ABSENT.stream().map(this::get).toList();
        List<Got> heads = ABSENT.stream().map(path -> proxy.client().head(proxy.url(path))).toList();
        Got image = proxy.manifest("latest");

        assertThat(gets).allSatisfy(got -> {
            assertThat(got.status()).as("%s", got).isEqualTo(404);
            assertThat(got.text())
                    .contains("the registry did not have it at 2026-01-01T00:00:00Z, and cannot be asked now");
        });
        assertThat(Stream.concat(gets.stream(), heads.stream())).allSatisfy(got -> {
            assertThat(got.status()).isEqualTo(404);
            assertThat(got.header("Cache-Status")).isEqualTo(STALE);
        });
        assertThat(image.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
    }

    @Test
    @DisplayName("L-13: known absences outlive a restart without a network")
    void knownAbsencesOutliveARestart() {
        image();
        warm();
        proxy.stop();
        proxy.registry().stop();

        assertThat(ABSENT.stream().map(this::get)).allSatisfy(got -> {
            assertThat(got.status()).as("%s", got).isEqualTo(404);
            assertThat(got.header("Cache-Status")).isEqualTo(STALE);
        });
    }

    @Test
    @DisplayName("L-13: a list of tags that there is not is served stale")
    void aListOfTagsThatThereIsNotIsServedStale() {
        String list = proxy.url("no/such", "tags/list");
        Got before = proxy.client().get(list);
        later(HOUR);
        proxy.registry().stop();
        Got down = proxy.client().get(list);

        assertThat(List.of(before, down)).extracting(Got::status).containsOnly(404);
        assertThat(down.header("Cache-Status")).isEqualTo(STALE);
    }

    @ParameterizedTest(name = "confirmed {0} ago: {1}")
    @CsvSource({"PT0S,404", "PT9.999S,404", "PT720H9.999S,404", "PT720H10S,502", "PT-0.001S,502", "PT-24H,502"})
    @DisplayName("L-13: an absence counts within the bound of staleness, and not before it was confirmed")
    void anAbsenceCountsWithinTheBoundOfStaleness(Duration age, int status) {
        get("manifests/none");
        proxy.clock().advance(age);
        proxy.pace().advance(TTL);
        proxy.registry().stop();

        assertThat(get("manifests/none").status()).isEqualTo(status);
    }

    @Test
    void withoutStalenessNoAbsenceIsKept() {
        proxy.set("freshness.stale-if-error", "0s");
        get("manifests/none");
        later(TTL);
        proxy.registry().stop();

        assertThat(get("manifests/none").status()).isEqualTo(502);
    }

    @Test
    void aRegistryThatIsThereIsAskedAgainAfterTheNegativeTtl() {
        image();
        warm();
        Got within = get("manifests/" + SIGNATURE);
        later(TTL);
        proxy.registry().tag(REPO, SIGNATURE, SUBJECT);
        Got after = get("manifests/" + SIGNATURE);

        assertThat(within.header("Cache-Status")).isEqualTo("freshet; hit; detail=negative");
        assertThat(after.digest()).isEqualTo(SUBJECT);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"GET", "HEAD"})
    @DisplayName("L-13: what has come to be there is not said to be absent")
    void whatIsThereIsNoLongerAbsent(String method) {
        image();
        get("manifests/new");
        later(TTL);
        proxy.registry().tag(REPO, "new", SUBJECT);
        String url = proxy.url("manifests/new");
        Got found = method.equals("GET") ? proxy.client().get(url) : proxy.client().head(url);
        proxy.registry().stop();
        later(Duration.ofDays(30));
        Got stale = get("manifests/new");
        later(TTL.plus(Duration.ofMinutes(1)));
        Got expired = get("manifests/new");

        assertThat(found.status()).isEqualTo(200);
        assertThat(List.of(stale, expired)).extracting(Got::status).doesNotContain(404);
        assertThat(expired.status()).isEqualTo(502);
    }

    @Test
    @DisplayName("L-13: a tag that is gone, and was confirmed to be, is absent")
    void aTagThatIsGoneIsAbsent() {
        image();
        get("manifests/latest");
        later(HOUR);
        proxy.registry().untag(REPO, "latest");
        get("manifests/latest");
        later(TTL);
        get("manifests/latest");
        later(HOUR);
        proxy.registry().stop();

        assertThat(get("manifests/latest").header("Cache-Status")).isEqualTo(STALE);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {401, 403})
    @DisplayName("L-13: a refusal says nothing of what is there, neither for later nor now")
    void aRefusalIsNoAbsence(int status) {
        image();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(status));
        Got refused = get("manifests/" + SIGNATURE);
        proxy.registry().heal();
        get("manifests/none");
        later(HOUR);
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(status));
        Got known = get("manifests/none");
        proxy.registry().stop();
        later(HOUR);
        Got down = get("manifests/" + SIGNATURE);

        assertThat(List.of(refused, known)).extracting(Got::status).containsOnly(403);
        assertThat(down.status()).isEqualTo(502);
    }

    @Test
    @DisplayName("L-13: 410 is as good as 404")
    void whatIsGoneIsAbsent() {
        image();
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(410));
        get("manifests/none");
        later(HOUR);
        proxy.registry().stop();

        assertThat(get("manifests/none").header("Cache-Status")).isEqualTo(STALE);
    }

    @Test
    @DisplayName("L-13: what a manifest lists is not said to be absent, though it once was")
    void aBlobThatAManifestListsIsNotAbsent() {
        byte[] content = Bytes.random(1_000);
        Digest layer = Digest.sha256(content);
        Got before = get("blobs/" + layer);
        later(TTL);
        proxy.layer(content);
        proxy.registry().stop();

        assertThat(before.status()).isEqualTo(404);
        assertThat(get("blobs/" + layer).status()).isEqualTo(502);
    }

    @Test
    @DisplayName("L-13: that a registry has no referrers API holds for what it was never asked about")
    void aRegistryWithoutReferrersHasNoneOfAnything() {
        proxy.registry().reconfigure(s -> s.withoutReferrers());
        image();
        proxy.manifest("latest");
        get("referrers/" + SUBJECT);
        proxy.stop();
        proxy.registry().stop();

        Got other = get("referrers/" + NOWHERE);
        Got elsewhere = proxy.client().get(proxy.url("other/repository", "referrers/" + NOWHERE));

        assertThat(List.of(other, elsewhere)).allSatisfy(got -> {
            assertThat(got.status()).as("%s", got).isEqualTo(404);
            assertThat(got.text()).contains("UNSUPPORTED");
            assertThat(got.header("Cache-Status")).isEqualTo(STALE);
        });
    }

    @Test
    @DisplayName("L-13: a list of referrers refutes that there is no API for them, and so does not knowing the manifest")
    void aRegistryThatListsReferrersHasTheApi() {
        image();
        proxy.manifest("latest");
        proxy.registry().when(On.every(Endpoint.REFERRERS), Fault.status(404));
        get("referrers/" + NOWHERE);
        Got unknown = offline("referrers/" + Digest.sha256(Bytes.of("1")));
        get("referrers/" + SUBJECT);
        Got known = offline("referrers/" + Digest.sha256(Bytes.of("1")));
        proxy.registry().heal();
        get("referrers/" + NOWHERE);
        Got refuted = offline("referrers/" + Digest.sha256(Bytes.of("1")));

        assertThat(List.of(unknown, refuted)).extracting(Got::status).containsOnly(502);
        assertThat(known.status()).isEqualTo(404);
    }

    @Test
    @DisplayName("L-13: a list that is known is served, though its registry has answered with a page since")
    void aKnownListIsServedRatherThanItsAbsence() {
        image();
        proxy.manifest("latest");
        Got listed = get("referrers/" + SUBJECT);
        later(HOUR);
        proxy.registry().when(On.every(Endpoint.REFERRERS), Fault.loginPage());
        List<Got> page = List.of(get("referrers/" + SUBJECT), get("referrers/" + SUBJECT));
        Got down = offline("referrers/" + SUBJECT);

        assertThat(listed.status()).isEqualTo(200);
        assertThat(Stream.concat(page.stream(), Stream.of(down))).allSatisfy(got -> {
            assertThat(got.text()).isEqualTo(listed.text());
            assertThat(got.header("Cache-Status")).isEqualTo("freshet; hit; detail=stale");
        });
    }

    private Got offline(String path) {
        proxy.registry().stop();
        later(HOUR);
        Got got = get(path);
        proxy.registry().start();
        later(HOUR);
        return got;
    }

    private void image() {
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, TYPE, MANIFEST));
    }

    /** Asks for everything once, as clients do that verify and discover. */
    private void warm() {
        proxy.registry().reconfigure(s -> s.withoutReferrers());
        assertThat(proxy.manifest("latest").status()).isEqualTo(200);
        assertThat(ABSENT.stream().map(this::get)).allSatisfy(got -> {
            assertThat(got.status()).isEqualTo(404);
            assertThat(got.header("Cache-Status")).isEqualTo(ASKED);
        });
    }

    private void later(Duration duration) {
        proxy.clock().advance(duration);
        proxy.pace().advance(duration);
    }

    private void outage(String outage) {
        if (outage.equals("down")) {
            proxy.registry().stop();
            return;
        }
        Fault fault = Fault.status(Integer.parseInt(outage), Headers.of("Retry-After", "1"));
        for (Endpoint endpoint : List.of(Endpoint.MANIFEST, Endpoint.BLOB, Endpoint.REFERRERS, Endpoint.TAGS)) {
            proxy.registry().when(On.every(endpoint), fault);
        }
    }

    private Got get(String path) {
        return proxy.client().get(proxy.url(path));
    }
}
