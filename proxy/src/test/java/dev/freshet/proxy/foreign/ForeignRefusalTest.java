package dev.freshet.proxy.foreign;

import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.traffic.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** URLs that may not be asked are not, and the client is told why and what would allow them. */
class ForeignRefusalTest extends ForeignKit {

    private static JsonNode error(Got got) {
        return JsonMapper.builder().build().readTree(got.text()).path("errors").path(0);
    }

    @Test
    void withoutAllowNoUrlIsAskedAndTheLineOfTheDetailAllowsIt() {
        proxy.set("foreign-layers.allow", "[]");
        serve(url(first));

        Got refused = layer();
        JsonNode detail = error(refused).path("detail");
        proxy.stop();
        String line = detail.path("configuration").asString();
        proxy.set("foreign-layers.allow", line.replaceAll(".*allow: (\\[.*?\\]), deny.*", "$1"));
        Got allowed = layer();

        assertThat(refused.status()).isEqualTo(404);
        assertThat(error(refused).path("code").asString()).isEqualTo("BLOB_UNKNOWN");
        assertThat(detail.path("url").asString()).isEqualTo(url(first));
        assertThat(detail.path("rule").asString()).isEqualTo("foreign-layers.allow is empty, which allows none");
        assertThat(line).startsWith("foreign-layers: { allow: ['^http://127\\.0\\.0\\.1:");
        assertIsLayer(allowed);
    }

    @Test
    @DisplayName("The first 256 bytes of the error are the rule and the line of configuration, which is all that scanners show")
    void theRuleAndTheConfigurationComeFirst() {
        proxy.set("foreign-layers.allow", "[]");
        serve(url(first));

        String shown = layer().text().substring(0, 256);

        assertThat(shown).contains(
                "\"message\":\"foreign layer refused: foreign-layers.allow is empty, which allows none;"
                        + " to allow it, set foreign-layers: { allow: ['^http://127\\\\.0\\\\.0\\\\.1:",
                "'], deny: [] }");
    }

    @Test
    @DisplayName("A layer that is asked for before its manifest is an unknown blob, and the first 256 bytes say so")
    void aLayerBeforeItsManifestIsToldToAskForThatFirst() {
        Got early = layer();
        serve(url(first));

        assertThat(early.status()).isEqualTo(404);
        assertThat(error(early).path("code").asString()).isEqualTo("BLOB_UNKNOWN");
        assertThat(early.text().substring(0, 256)).contains("ask for a manifest that lists it first",
                "foreign layers come from the URLs in it");
        assertIsLayer(layer());
    }

    @Test
    void aLayerThatItsManifestHasListedIsNotToldToAskForThat() {
        serve();

        assertThat(layer().text()).doesNotContain("manifest that lists it first");
    }

    @Test
    void headOfWhatIsRefusedIsNotFoundToo() {
        proxy.set("foreign-layers.allow", "[]");
        serve(url(first));

        assertThat(proxy.client().head(proxy.url("blobs/" + DIGEST)).status()).isEqualTo(404);
    }

    @Test
    void denyWins() {
        proxy.set("foreign-layers.deny", "/v2/files/");
        serve(url(first));

        Got got = layer();

        assertThat(got.status()).isEqualTo(404);
        assertThat(error(got).path("detail").path("rule").asString())
                .isEqualTo("the pattern '/v2/files/' of foreign-layers.deny denies it");
        assertThat(gets(first)).isEmpty();
    }

    @Test
    void eachUrlIsInTheDetail() {
        serve("ftp://127.0.0.1/x", url(first) + "#part", "http://example.com/x", "ftp://127.0.0.1/y");

        JsonNode error = error(layer());
        JsonNode detail = error.path("detail");

        assertThat(detail.path("url").asString()).isEqualTo("ftp://127.0.0.1/x");
        assertThat(detail.path("rule-2").asString()).isEqualTo("URLs with a fragment are not");
        assertThat(detail.path("url-3").asString()).isEqualTo("http://example.com/x");
        assertThat(detail.path("configuration-3").asString()).contains("'^http://example\\.com/'");
        assertThat(detail.path("url-4").asString()).isEqualTo("ftp://127.0.0.1/y");
        assertThat(error.path("message").asString()).contains("http://example.com/x", "; and 1 more")
                .doesNotContain("ftp://127.0.0.1/y");
    }

    @Test
    void aUrlThatMayBeAskedIsAskedThoughOthersMayNot() {
        serve("http://example.com/x", url(first), "ftp://127.0.0.1/x");

        assertIsLayer(layer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
            "0.0.0.0",
            "[::1]", "[::ffff:169.254.169.254]", "[fc00::1]", "[fe80::1]", "[64:ff9b::a9fe:a9fe]"})
    @DisplayName("N-12: a descriptor's urls into private networks are never fetched, though a pattern allows everything")
    void privateAddressesAreNeverAsked(String host) {
        proxy.set("foreign-layers.allow", ".*");
        serve("http://" + host + "/latest/meta-data");

        Got got = layer();

        assertThat(got.status()).isEqualTo(404);
        assertThat(error(got).path("detail").path("rule").asString()).contains("is at no public address",
                "upstreams.lab.redirect-hosts");
        assertThat(error(got).path("detail").path("configuration").asString()).contains("redirect-hosts: [");
        assertThat(proxy.metric("freshet_upstream_requests_total", "kind=\"foreign\"")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::]", "2130706433", "127.1"})
    @DisplayName("N-12: nor is this machine connected, by any name")
    void thisMachineIsNotConnected(String host) throws IOException {
        proxy.set("foreign-layers.allow", ".*");
        try (ServerSocket canary = new ServerSocket()) {
            canary.bind(new InetSocketAddress((InetAddress) null, 0));
            serve("http://" + host + ":" + canary.getLocalPort() + "/secret");

            Got got = layer();

            assertThat(got.status()).isEqualTo(404);
            assertThat(got.text()).contains("no public address");
            assertThat(isTouched(canary)).as("connected").isFalse();
        }
    }

    @Test
    @DisplayName("N-12: nor is it by a redirect of a URL that may be asked")
    void redirectsIntoPrivateNetworksAreNotFollowed() {
        first.when(On.every(Endpoint.BLOB), Fault.redirect("http://169.254.169.254/latest"));
        serve(url(first));

        Got got = layer();

        assertThat(got.status()).isEqualTo(404);
        assertThat(error(got).path("detail").path("rule").asString())
                .startsWith("169.254.169.254:80 is at no public address");
    }

    @Test
    void theRegistrysOwnPrivateAddressIsNoException() {
        proxy.registry().blob("files", LAYER);
        serve(proxy.registry().url() + "/v2/files/blobs/" + DIGEST);

        Got got = layer();

        assertThat(got.status()).isEqualTo(404);
        assertThat(got.text()).contains("no public address");
        assertThat(proxy.registry().traffic().where(seen -> seen.request().path().startsWith("/v2/files/"))).isEmpty();
    }

    private static boolean isTouched(ServerSocket canary) throws IOException {
        canary.setSoTimeout(1);
        try {
            canary.accept().close();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
