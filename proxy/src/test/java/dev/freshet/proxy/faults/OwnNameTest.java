package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The fault case L-11: a repository called like its upstream is never taken for another one, in any form of its name. */
class OwnNameTest {

    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    private final byte[] layer = Bytes.of("a layer");

    @BeforeEach
    void nameTheHost() {
        proxy.set("upstreams.lab.aliases", "lab.example.com").set("upstreams.lab.hosts", "localhost");
    }

    /** Puts an image into a repository, which its manifest names. */
    private void put(String repository) {
        Digest digest = proxy.registry().blob(repository, layer);
        proxy.registry().tag(repository, "1",
                proxy.registry().manifest(repository, TYPE,
                        Bytes.of(
                                """
                                        {"schemaVersion":2,"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}],
                                        "annotations":{"of":"%s"}}"""
                                        .formatted(digest, layer.length, repository))));
    }

    private Got get(String target) {
        return proxy.client().get(base() + target);
    }

    private String base() {
        return proxy.url("").replaceFirst("/v2/.*", "");
    }

    /** Gets something of {@code /v2/lab/app/}, with the upstream named besides in this way. */
    private Got get(String form, String what) {
        String path = "/v2/lab/app/" + what;
        return switch (form) {
            case "ns" -> get(path + "?ns=lab");
            case "alias" -> get(path + "?ns=lab.example.com");
            case "host" -> proxy.client().get(base().replace("127.0.0.1", "localhost") + path);
            default -> throw new IllegalArgumentException(form);
        };
    }

    @ParameterizedTest(name = "by {0}")
    @ValueSource(strings = {"ns", "alias", "host"})
    @DisplayName("L-11: the prefix that BuildKit adds to ns is a prefix where the registry has no repository called so")
    void aPrefixBesideTheNamespaceIsAppliedOnce(String form) {
        put("app");

        assertThat(get(form, "manifests/1").text()).contains("\"of\":\"app\"");
        assertThat(get(form, "tags/list").text()).contains("\"name\":\"app\"");
        assertThat(get(form, "blobs/" + Digest.sha256(layer)).body()).isEqualTo(layer);
    }

    @ParameterizedTest(name = "by {0}")
    @ValueSource(strings = {"ns", "alias", "host"})
    @DisplayName("L-11: a repository called like its upstream is served where the registry has no other")
    void theRepositoryThatIsThereIsServed(String form) {
        put("lab/app");

        assertThat(get(form, "manifests/1").text()).contains("\"of\":\"lab/app\"");
        assertThat(get(form, "tags/list").text()).contains("\"name\":\"lab/app\"");
        int before = proxy.registry().traffic().of(Endpoint.BLOB).size();
        assertThat(get(form, "blobs/" + Digest.sha256(layer)).body()).isEqualTo(layer);
        assertThat(proxy.registry().traffic().of(Endpoint.BLOB).stream().skip(before))
                .as("only the repository whose manifest was served is asked")
                .allMatch(seen -> seen.toString().contains("/lab/app/"));
    }

    @ParameterizedTest(name = "by {0}")
    @ValueSource(strings = {"ns", "alias", "host"})
    @DisplayName("L-11: where the registry has both, none is served, and the error names both")
    void neitherIsServedWhereBothAreThere(String form) {
        put("app");
        put("lab/app");

        for (String what : new String[]{"manifests/1", "tags/list"}) {
            Got refused = get(form, what);

            assertThat(refused.status()).as(what).isEqualTo(404);
            assertThat(refused.text()).contains("ambiguous", "app and lab/app",
                    "/lab/v2/app/ or /lab/v2/lab/app/");
        }
        assertThat(get(form, "blobs/" + Digest.sha256(layer)).body()).as("the same bytes in both").isEqualTo(layer);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/lab/v2/lab/app/", "/v2/lab/lab/app/", "/lab.example.com/v2/lab/app/"})
    @DisplayName("L-11: these forms can be read in one way only")
    void someFormsAreNeverAmbiguous(String path) {
        put("app");
        put("lab/app");

        assertThat(get(path + "manifests/1").text()).contains("\"of\":\"lab/app\"");
        assertThat(get(path.replaceFirst("lab/app/$", "app/") + "manifests/1").text()).contains("\"of\":\"app\"");
    }

    @Test
    @DisplayName("L-11: what the registry has under neither name is not found, and the error tells of both")
    void ofNeither() {
        put("other");

        Got absent = get("ns", "manifests/1");

        assertThat(absent.status()).isEqualTo(404);
        assertThat(absent.text()).contains("MANIFEST_UNKNOWN", "lab/app:1", "lab/lab/app:1");
    }

    @Test
    @DisplayName("L-11: while the registry is down, the one that was served before is served")
    void whatWasServedIsServedWhileTheRegistryIsDown() {
        put("lab/app");
        get("ns", "manifests/1");
        proxy.clock().advance(Duration.ofMinutes(5));
        proxy.registry().when(On.every(Endpoint.MANIFEST), new Fault.WithStatus(503));

        Got stale = get("ns", "manifests/1");

        assertThat(stale.text()).contains("\"of\":\"lab/app\"");
    }

    @ParameterizedTest(name = "{0} is not told of")
    @ValueSource(strings = {"app", "lab/app"})
    @DisplayName("L-11: where the registry does not say whether it has the other one, none is served")
    void noneIsServedWhereTheRegistryTellsOfOneOnly(String untold) {
        put("app");
        put("lab/app");
        proxy.registry().when(
                On.every(Endpoint.MANIFEST).where(request -> request.path().startsWith("/v2/" + untold + "/")),
                new Fault.WithStatus(503));

        Got refused = get("ns", "manifests/1");

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("/lab/v2/app/ or /lab/v2/lab/app/");
    }

    @ParameterizedTest(name = "{0} is there")
    @ValueSource(strings = {"app", "lab/app"})
    @DisplayName("L-11: a HEAD is enough for the one that is there to be served while the registry is down")
    void whatHeadHasFoundIsServedWhileTheRegistryIsDown(String there) {
        put(there);
        proxy.client().head(base() + "/v2/lab/app/manifests/1?ns=lab");
        proxy.clock().advance(Duration.ofMinutes(5));
        proxy.registry().when(On.every(Endpoint.MANIFEST), new Fault.WithStatus(503));

        Got stale = get("ns", "manifests/1");

        assertThat(stale.text()).contains("\"of\":\"" + there + "\"");
        assertThat(stale.header("Vary")).isEqualTo("Accept");
    }

    @Test
    @DisplayName("L-11: an empty list of referrers does not hide those of the other repository")
    void referrersAreOfTheOneThatHasSome() {
        Digest subject = Digest.sha256(layer);
        Digest ofBoth = Digest.sha256(Bytes.of("in both"));
        String signature = refer("lab/app", subject, "a signature");
        refer("lab/app", ofBoth, "one");
        refer("app", ofBoth, "other");

        assertThat(get("ns", "referrers/" + subject).text()).contains(signature);
        assertThat(get("ns", "referrers/" + ofBoth).text()).contains("ambiguous");
    }

    private String refer(String repository, Digest subject, String content) {
        String digest = Digest.sha256(Bytes.of(content)).toString();
        proxy.registry().referrer(repository, subject,
                "{\"mediaType\":\"x/y\",\"digest\":\"" + digest + "\",\"size\":3}");
        return digest;
    }
}
