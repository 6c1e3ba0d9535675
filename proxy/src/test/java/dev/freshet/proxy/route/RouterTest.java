package dev.freshet.proxy.route;

import dev.freshet.proxy.accept.Accept;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/** What is asked for, and what is no request at all; the fault cases N-01, N-02, N-04, N-05 and P-16. */
class RouterTest {

    private static final String D = Routing.DIGEST;

    @Test
    void manifestsAreNamedByTagOrDigest() {
        assertThat(Routing.line(Routing.get("/v2/a/b/manifests/v1.0_x-y")))
                .isEqualTo("manifest docker.io/a/b:v1.0_x-y");
        assertThat(Routing.line(Routing.get("/v2/a/b/manifests/" + D))).isEqualTo("manifest docker.io/a/b@" + D);
    }

    @Test
    void blobsAreNamedByDigest() {
        String sha512 = "sha512:" + Routing.HEX + Routing.HEX;

        assertThat(Routing.line(Routing.get("/v2/a/b/blobs/" + D))).isEqualTo("blob docker.io/a/b@" + D);
        assertThat(Routing.line(Routing.get("/v2/a/b/blobs/" + sha512))).isEqualTo("blob docker.io/a/b@" + sha512);
    }

    @Test
    void repositoriesMayBeCalledLikeEndpoints() {
        assertThat(Routing.line(Routing.get("/v2/manifests/blobs/manifests/tags")))
                .isEqualTo("manifest docker.io/manifests/blobs:tags");
        assertThat(Routing.line(Routing.get("/v2/v2/v2/blobs/" + D))).isEqualTo("blob docker.io/v2/v2@" + D);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"GET", "HEAD"})
    void readsAreRouted(String method) {
        assertThat(Routing.method(method, "/v2/a/b/manifests/1")).isInstanceOf(Route.Manifest.class);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"PUT", "POST", "PATCH", "DELETE", "CONNECT", "TRACE", "OPTIONS", "get", "head", "Get", "",
            "\r\nGET", "GETGETGETGETGETGETGETGETGET"})
    void whatWritesOrIsNoMethodIsRefused(String method) {
        assertThat(Routing.line(Routing.method(method, "/v2/a/b/manifests/1"))).isEqualTo("405 UNSUPPORTED");
        assertThat(Routing.line(Routing.method(method, "/nowhere"))).isEqualTo("405 UNSUPPORTED");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/v2/UPPER/x/manifests/1", "/v2/a/-b/manifests/1", "/v2/a/b-/manifests/1",
            "/v2/a/.b/manifests/1", "/v2/a/../b/manifests/1", "/v2/a/./b/manifests/1", "/v2/x/a..b/manifests/1",
            "/v2/a/b___c/manifests/1", "/v2/a/b c/manifests/1", "/v2/a/b:c/manifests/1", "/v2/a/b@c/manifests/1",
            "/v2/a/é/manifests/1"})
    void namesOutsideTheGrammarAreInvalid(String target) {
        assertThat(Routing.line(Routing.get(target))).isEqualTo("400 NAME_INVALID");
    }

    @Test
    void namesOfMoreThan255CharactersAreInvalid() {
        String longest = "a/" + "b".repeat(253);

        assertThat(Routing.get("/v2/" + longest + "/manifests/1")).isInstanceOf(Route.Manifest.class);
        assertThat(Routing.line(Routing.get("/v2/" + longest + "b/manifests/1"))).isEqualTo("400 NAME_INVALID");
        assertThat(Routing.line(Routing.get("/v2/" + "a/".repeat(10_000) + "b/manifests/1")))
                .isEqualTo("400 NAME_INVALID");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/v2/a/%2e%2e/b/manifests/1", "/v2/a%2Fb/manifests/1", "/v2/a/%252e/manifests/1",
            "/v2/a/..;/b/manifests/1", "/v2/a%00/b/manifests/1", "//v2//a/b/manifests/1", "/v2//a/manifests/1",
            "/v2/a/b/manifests/1;x=y", "/v2/a/%2E%2E/b/manifests/1", "/v2/a/%2e/b/manifests/1",
            "/v2/a/.%2e/b/manifests/1", "/v2/a/b/manifests/%2e%2e", "/v2/a/b/manifests/%2e%2E",
            "/%2e%2e/v2/a/manifests/1",
            "/v2/a%5Cb/manifests/1", "/v2/a/b/manifests/%3b", "/v2/a/b/manifests/%40", "/v2/a/b/manifests/%C3%A9",
            "/v2/a/b/manifests/%0d%0a", "/v2/a/b/manifests/%", "/v2/a/b/manifests/%3", "/v2/a/b/manifests/%zz",
            "v2/a/b/manifests/1", "",
            "*", "/v2/a/b//manifests/1", "/v2/a/b/manifests//1"})
    void pathsThatCouldBeReadInTwoWaysAreNotFound(String target) {
        assertThat(Routing.line(Routing.get(target))).isEqualTo("404 NAME_UNKNOWN");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/v2/a/b/manifests/%31, manifest docker.io/a/b:1", "/%76%32/a/b/manifests/1, manifest docker.io/a/b:1",
            "/v2/%61/b/manifests/v1%2E0%5fx%2dy, manifest docker.io/a/b:v1.0_x-y",
            "/v2/localhost%3A5001/a/manifests/1, manifest localhost:5001/a:1",
            "/v2/localhost%3a5001/a/manifests/1, manifest localhost:5001/a:1",
            "/localhost%3A5001/v2/a/manifests/1, manifest localhost:5001/a:1",
            "/v2/ghcr%2Eio/a/manifests/1, manifest ghcr.io/a:1", "/v2/a/b/tags/%6c%69st, tags docker.io/a/b"})
    void whatIsEncodedWithoutNeedIsReadAsIfItWereNot(String target, String expected) {
        assertThat(Routing.line(Routing.get(target))).isEqualTo(expected);
    }

    @Test
    @DisplayName("N-05: the colon of a digest may be encoded, and nothing else passes by that")
    void theColonOfADigestMayBeEncoded() {
        assertThat(Routing.line(Routing.get("/v2/a/b/blobs/" + D.replace(":", "%3A"))))
                .isEqualTo("blob docker.io/a/b@" + D);
        assertThat(Routing.line(Routing.get("/v2/a/b/manifests/" + D.replace(":", "%3a"))))
                .isEqualTo("manifest docker.io/a/b@" + D);
        assertThat(Routing.line(Routing.get("/v2/a/b/referrers/" + D.replace(":", "%3A"))))
                .isEqualTo("referrers docker.io/a/b@" + D);
        assertThat(Routing.line(Routing.get("/v2/a/b/blobs/sha256%253A" + Routing.HEX))).isEqualTo("404 NAME_UNKNOWN");
        assertThat(Routing.line(Routing.get("/v2/a/b/blobs/sha256%3A..%2f..%2fx"))).isEqualTo("404 NAME_UNKNOWN");
        assertThat(Routing.line(Routing.get("/v2/a/b/blobs/sha256%3Ax"))).isEqualTo("400 DIGEST_INVALID");
    }

    @Test
    void tagsAreHeldToTheirGrammar() {
        String longest = "t".repeat(128);

        assertThat(Routing.get("/v2/a/b/manifests/" + longest)).isInstanceOf(Route.Manifest.class);
        assertThat(Routing.get("/v2/a/b/manifests/_ok")).isInstanceOf(Route.Manifest.class);
        for (String tag : List.of(longest + "t", ".dot", "-dash", "é", "a b", "")) {
            assertThat(Routing.line(Routing.get("/v2/a/b/manifests/" + tag))).as(tag).isEqualTo("400 TAG_INVALID");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"sha256:", "md5:d41d8cd98f00b204e9800998ecf8427e", "sha256:../../x", "sha256",
            "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
            "sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"})
    void digestsAreHeldToTheirGrammar(String digest) {
        String blob = Routing.line(Routing.get("/v2/a/b/blobs/" + digest));

        assertThat(blob).isIn(digest.contains("/") ? List.of("404 NAME_UNKNOWN") : List.of("400 DIGEST_INVALID"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/", "/v1/a/b/manifests/1", "/v2x/a/b/manifests/1", "/v2/a", "/v2/a/", "/v2/a/b", "/v2/a/manifests",
            "/v2/manifests/1", "/v2/a/b/layers/1", "/v2/a/b/blobs/uploads/", "/v2/a/b/Manifests/1", "/favicon.ico",
            "/v2/_catalog", "/v3/v3/v2", "/livez", "/metrics"})
    void nearMissesAreNotFoundOrInvalid(String target) {
        assertThat(Routing.line(Routing.get(target))).isIn("404 NAME_UNKNOWN", "400 DIGEST_INVALID",
                "400 NAME_INVALID");
    }

    @Test
    void noRequestMakesTheRouterFail() {
        long seed = Long.getLong("freshet.seed", new Random().nextLong());
        Random random = new Random(seed);
        List<String> pieces = List.of("/", "//", "v2", "/v2/", "docker.io", "ghcr.io", "lab", "localhost:5001", "a",
                "library", "manifests", "blobs", "/tags/list", "/referrers/", "/manifests/", "/blobs/", D, "sha256:",
                ":", "@", "%2e", ";", "..",
                "\0", "\r\n", "é", "\ud83d", "\uffff", "x".repeat(300), "ns", "?", "#", " ", "[::1]");
        for (int i = 0; i < 50_000; i++) {
            StringBuilder path = new StringBuilder(random.nextInt(3) == 0 ? "" : "/v2/");
            for (int n = random.nextInt(9); n > 0; n--) {
                path.append(pieces.get(random.nextInt(pieces.size())));
            }
            String text = pieces.get(random.nextInt(pieces.size()));
            RequestHead head = new RequestHead(random.nextInt(9) == 0 ? text : "GET", path.toString(),
                    random.nextInt(4) == 0 ? Optional.of(text) : Optional.empty(), random.nextBoolean() ? text : "",
                    random.nextBoolean() ? OptionalInt.of(random.nextInt(100_000)) : OptionalInt.empty(),
                    new RequestHead.Query(Optional.of(text), Optional.of(text), Optional.of(text)),
                    Accept.of(List.of(text)));

            assertThatCode(() -> Routing.line(Routing.ROUTER.route(head))).as("freshet.seed=%s, %s", seed, head)
                    .doesNotThrowAnyException();
        }
    }
}
