package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** What the registry does not have is not asked for again within {@code freshness.negative-ttl}. */
class MissingContentTest {

    private static final String TYPE = "application/vnd.oci.image.index.v1+json";
    private static final String NEGATIVE = "freshet; hit; detail=negative";
    private static final byte[] INDEX = Bytes.of("{\"manifests\":[]}");
    private static final byte[] BLOB = Bytes.random(70_000);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    void aMissingTagIsAskedForOnceHoweverManyWantIt() throws IOException, InterruptedException {
        List<Got> together = proxy.client().together(1_000, proxy.url("manifests/none"));
        int last = 0;
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(proxy.url("manifests/none"))).build();
            for (int i = 0; i < 9_000; i++) {
                last = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            }
        }

        assertThat(together).extracting(Got::status).containsOnly(404);
        assertThat(last).isEqualTo(404);
        assertThat(asked(Endpoint.MANIFEST)).hasSize(1);
        assertThat(proxy.metric("freshet_requests_total", "outcome=\"404\"")).isEqualTo(10_000);
    }

    @Test
    void itIsAskedForAgainAfterTheTtlAndNotBefore() {
        proxy.manifest("none");
        proxy.pace().advance(Duration.ofMillis(9_999));
        proxy.manifest("none");
        int before = asked(Endpoint.MANIFEST).size();
        proxy.pace().advance(Duration.ofMillis(1));
        proxy.manifest("none");

        assertThat(before).isEqualTo(1);
        assertThat(asked(Endpoint.MANIFEST)).hasSize(2);
    }

    @Test
    void theAnswerSaysThatNoUpstreamWasAsked() {
        Got first = proxy.manifest("none");
        Got second = proxy.manifest("none");

        assertThat(first.header("Cache-Status")).isEqualTo("freshet; fwd=uri-miss");
        assertThat(second.header("Cache-Status")).isEqualTo(NEGATIVE);
        assertThat(second.status()).isEqualTo(404);
        assertThat(second.text()).contains("MANIFEST_UNKNOWN",
                "GET of manifest lab/library/thing:none from upstream lab"
                        + " failed: the registry did not have it less than 10s ago (freshness.negative-ttl)");
    }

    @Test
    void aTagThatAppearsIsServedAfterTheTtl() {
        proxy.manifest("soon");
        Digest digest = proxy.registry().manifest(REPO, TYPE, INDEX);
        proxy.registry().tag(REPO, "soon", digest);

        Got before = proxy.manifest("soon");
        proxy.pace().advance(Duration.ofSeconds(10));
        Got after = proxy.manifest("soon");

        assertThat(before.status()).isEqualTo(404);
        assertThat(after.digest()).isEqualTo(digest);
    }

    @Test
    void aTagThatIsGoneIsForgottenAndThenNotAskedForAgain() {
        proxy.set("freshness.tag-ttl", "0s");
        proxy.registry().tag(REPO, "old", proxy.registry().manifest(REPO, TYPE, INDEX));
        proxy.manifest("old");
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(404));

        Got gone = proxy.manifest("old");
        Got again = proxy.manifest("old");

        assertThat(List.of(gone, again)).extracting(Got::status).containsOnly(404);
        assertThat(again.header("Cache-Status")).isEqualTo(NEGATIVE);
        assertThat(asked(Endpoint.MANIFEST)).extracting(Seen::method).containsExactly("GET", "HEAD", "GET");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256-%s.sig", "sha256-%s.att", "sha256-%s"})
    void probesForSignaturesAndReferrersAreTagsLikeAnyOther(String template) {
        String tag = template.formatted(Digest.sha256(INDEX).toString().substring("sha256:".length()));

        Got head = proxy.client().head(proxy.url("manifests/" + tag));
        Got get = proxy.manifest(tag);

        assertThat(List.of(head, get)).extracting(Got::status).containsOnly(404);
        assertThat(get.header("Cache-Status")).isEqualTo(NEGATIVE);
        assertThat(asked(Endpoint.MANIFEST)).extracting(Seen::method).containsExactly("HEAD", "GET");
    }

    @Test
    void aMissingManifestByDigestIsAskedForOnce() {
        Digest digest = Digest.sha256(INDEX);
        proxy.manifest(digest.toString());
        proxy.registry().manifest(REPO, TYPE, INDEX);

        Got before = proxy.manifest(digest.toString());
        proxy.pace().advance(Duration.ofSeconds(10));
        Got after = proxy.manifest(digest.toString());

        assertThat(before.status()).isEqualTo(404);
        assertThat(before.header("Cache-Status")).isEqualTo(NEGATIVE);
        assertThat(after.digest()).isEqualTo(digest);
    }

    @Test
    void aMissingBlobIsAskedForOnceForAnyPartOfIt() {
        Digest digest = Digest.sha256(BLOB);

        Got first = proxy.blob(digest);
        List<Got> later = List.of(proxy.blob(digest), proxy.blob(digest, "Range", "bytes=0-0"),
                proxy.client().head(proxy.url("blobs/" + digest)));

        assertThat(first.status()).isEqualTo(404);
        assertThat(later).extracting(Got::status).containsOnly(404);
        assertThat(later).extracting(got -> got.header("Cache-Status")).containsOnly(NEGATIVE);
        assertThat(asked(Endpoint.BLOB)).hasSize(1);
        proxy.registry().blob(REPO, BLOB);
        proxy.heals(digest, BLOB);
    }

    @Test
    void aBlobThatIsHereIsAskedForOnceForARepositoryThatDoesNotHaveIt() {
        Digest digest = proxy.layer(BLOB);
        proxy.blob(digest);
        int before = asked(Endpoint.BLOB).size();

        Got first = proxy.client().get(proxy.url("library/other", "blobs/" + digest));
        Got second = proxy.client().get(proxy.url("library/other", "blobs/" + digest));

        assertThat(List.of(first, second)).extracting(Got::status).containsOnly(404);
        assertThat(asked(Endpoint.BLOB)).hasSize(before + 1);
        assertThat(proxy.blob(digest).body()).isEqualTo(BLOB);
    }

    @Test
    void whatOneRepositoryDoesNotHaveAnotherMayHave() {
        Digest digest = Digest.sha256(BLOB);
        proxy.blob(digest);
        proxy.manifest("latest");
        proxy.registry().blob("library/other", BLOB);
        proxy.registry().tag("library/other", "latest", proxy.registry().manifest("library/other", TYPE, INDEX));

        Got blob = proxy.client().get(proxy.url("library/other", "blobs/" + digest));
        Got manifest = proxy.client().get(proxy.url("library/other", "manifests/latest"));

        assertThat(blob.body()).isEqualTo(BLOB);
        assertThat(manifest.body()).isEqualTo(INDEX);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429, 500, 503})
    void noOtherRefusalIsRemembered(int status) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, TYPE, INDEX));
        proxy.registry().when(On.every(Endpoint.MANIFEST), Fault.status(status));
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.status(status));
        List<Got> refused = List.of(proxy.manifest("latest"), proxy.blob(digest));

        proxy.registry().heal();
        proxy.pace().advance(Duration.ofSeconds(8));
        List<Got> healed = List.of(proxy.manifest("latest"), proxy.blob(digest));

        assertThat(refused).extracting(Got::status).doesNotContain(200, 404);
        assertThat(healed).extracting(Got::status).containsOnly(200);
    }

    @Test
    void aTtlOfZeroAsksEveryTime() {
        proxy.set("freshness.negative-ttl", "0s");
        proxy.manifest("soon");
        proxy.registry().tag(REPO, "soon", proxy.registry().manifest(REPO, TYPE, INDEX));

        assertThat(proxy.manifest("soon").status()).isEqualTo(200);
    }

    private List<Seen> asked(Endpoint endpoint) {
        return proxy.registry().traffic().of(endpoint);
    }
}
