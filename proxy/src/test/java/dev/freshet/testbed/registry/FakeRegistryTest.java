package dev.freshet.testbed.registry;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.ManualClock;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Ending;
import dev.freshet.testbed.wire.Gate;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The registry's habits when nothing goes wrong but time. */
class FakeRegistryTest {

    private static final String REPO = "library/thing";
    private static final byte[] BLOB = "0123456789".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    private static final byte[] MANIFEST = "{\"schemaVersion\":2}".getBytes(StandardCharsets.UTF_8);
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";

    private final ManualClock clock = new ManualClock();
    @AutoClose
    private final FakeRegistry registry = new FakeRegistry(
            RegistrySettings.DEFAULTS.clock(clock).urlLife(Duration.ofSeconds(2)));
    @AutoClose
    private final Browser browser = new Browser(registry);
    private final Digest digest = registry.blob(REPO, BLOB);

    @Test
    void servesAManifestByTagAndDigestWithItsHeaders() throws Exception {
        Digest manifest = registry.manifest(REPO, TYPE, MANIFEST);
        registry.tag(REPO, "latest", manifest);

        HttpResponse<byte[]> byTag = browser.get("/v2/" + REPO + "/manifests/latest");
        HttpResponse<byte[]> byDigest = browser.get("/v2/" + REPO + "/manifests/" + manifest);
        HttpResponse<byte[]> head = browser.head("/v2/" + REPO + "/manifests/latest");

        assertThat(byTag.body()).isEqualTo(MANIFEST);
        assertThat(byDigest.body()).isEqualTo(MANIFEST);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).hasValue("" + MANIFEST.length);
        assertThat(head.headers().firstValue("Content-Type")).hasValue(TYPE);
        assertThat(head.headers().firstValue("Docker-Content-Digest")).hasValue(manifest.toString());
    }

    @Test
    void redirectsABlobToASignedUrlThatWorksForItsMethodOnly() throws Exception {
        String url = browser.location(digest);

        assertThat(URI.create(url).getAuthority()).isEqualTo(registry.storageAuthority());
        assertThat(browser.get(url).body()).isEqualTo(BLOB);
        assertThat(browser.head(url).statusCode()).isEqualTo(403);
        assertThat(browser.get(url, "Range", "bytes=5-8").body()).asString().isEqualTo("5678");
        assertThat(browser.get(url, "Range", "bytes=1000000-").statusCode()).isEqualTo(416);
        assertThat(registry.traffic().storageGets(digest)).extracting(Seen::status).containsExactly(200, 206, 416);
    }

    @Test
    void refusesAnExpiredUrlAndASecondKindOfAuthenticationAsS3Does() throws Exception {
        String url = browser.location(digest);

        HttpResponse<byte[]> both = browser.get(url, "Authorization", "Bearer x");
        clock.advance(Duration.ofSeconds(2));
        HttpResponse<byte[]> expired = browser.get(url);

        assertThat(both.statusCode()).isEqualTo(400);
        assertThat(both.body()).asString().contains("Only one auth mechanism allowed");
        assertThat(expired.statusCode()).isEqualTo(403);
        assertThat(expired.body()).asString()
                .contains("<Error><Code>AccessDenied</Code><Message>Request has expired</Message>");
    }

    @Test
    void cutsARunningTransferWhenItsUrlExpires() throws Exception {
        registry.reconfigure(s -> s.storage(t -> t.cutAtExpiry(Ending.FIN)));
        Gate gate = new Gate();
        registry.when(On.storage(), new Fault.HoldAt(100_000, gate));
        String url = browser.location(digest);

        try (InputStream body = browser.stream(url)) {
            assertThat(body.readNBytes(100_000)).hasSize(100_000);
            gate.awaitArrivals(1);
            clock.advance(Duration.ofSeconds(2));

            assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
        }
        registry.traffic().awaitIdle();
        assertThat(registry.traffic().storageGets(digest)).singleElement()
                .matches(s -> s.state() == Seen.State.CUT && s.bytesSent() == 100_000);
    }

    @Test
    void givesTokensThatDieAndWantsThemForEachRepository() throws Exception {
        Account alice = new Account("alice", "p:ä", Set.of("secret/thing"));
        registry.reconfigure(s -> s.auth(new Auth.Bearer(Duration.ofSeconds(60), alice))
                .privateRepositories(Set.of("secret/thing")));
        Digest secret = registry.blob("secret/thing", BLOB);

        HttpResponse<byte[]> challenge = browser.get("/v2/" + REPO + "/blobs/" + digest);
        String anonymous = "Bearer " + browser.token("repository:" + REPO + ":pull");
        String alices = "Bearer "
                + browser.token("repository:secret/thing:pull", "Authorization", alice.basic());

        assertThat(challenge.statusCode()).isEqualTo(401);
        assertThat(challenge.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"" + registry.url()
                + "/token\",service=\"testbed\",scope=\"repository:" + REPO + ":pull\"");
        assertThat(browser.blobStatus(REPO, digest, anonymous)).isEqualTo(307);
        assertThat(browser.blobStatus("secret/thing", secret, anonymous)).isEqualTo(401);
        assertThat(browser.blobStatus("secret/thing", secret, alices)).isEqualTo(307);
        clock.advance(Duration.ofSeconds(60));
        assertThat(browser.blobStatus(REPO, digest, anonymous)).isEqualTo(401);
        assertThat(registry.traffic().of(Endpoint.TOKEN)).hasSize(2);
    }

    @Test
    void takesNameAndPasswordWhenItIsSetSo() throws Exception {
        Account bob = new Account("bob", "secret", Set.of());
        registry.reconfigure(s -> s.auth(new Auth.Basic(List.of(bob))));

        assertThat(browser.blobStatus(REPO, digest, "Basic bm86bm8=")).isEqualTo(401);
        assertThat(browser.blobStatus(REPO, digest, bob.basic())).isEqualTo(307);
    }

    @Test
    void sendsBlobsItselfWhenItIsSetSo() throws Exception {
        registry.reconfigure(RegistrySettings::withoutRedirects);

        assertThat(browser.get("/v2/" + REPO + "/blobs/" + digest).body()).isEqualTo(BLOB);
        assertThat(browser.get("/v2/" + REPO + "/blobs/" + digest, "Range", "bytes=0-0").statusCode()).isEqualTo(206);
    }

    @Test
    void listsTagsPageByPage() throws Exception {
        Digest manifest = registry.manifest(REPO, TYPE, MANIFEST);
        registry.tag(REPO, "a", manifest);
        registry.tag(REPO, "b", manifest);

        HttpResponse<byte[]> first = browser.get("/v2/" + REPO + "/tags/list?n=1");

        assertThat(first.body()).asString().isEqualTo("{\"name\":\"" + REPO + "\",\"tags\":[\"a\"]}");
        assertThat(first.headers().firstValue("Link"))
                .hasValue("</v2/" + REPO + "/tags/list?last=a&n=1>; rel=\"next\"");
    }

    @Test
    void goesAwayAndComesBackOnTheSamePorts() throws Exception {
        registry.stop();
        assertThatThrownBy(() -> browser.get("/v2/")).isInstanceOf(ConnectException.class);

        registry.start();

        assertThat(browser.get(browser.location(digest)).body()).isEqualTo(BLOB);
    }
}
