package dev.freshet.proxy.http;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Framing;
import dev.freshet.testbed.wire.Gate;
import dev.freshet.testbed.wire.Headers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Status, headers and body of every kind of answer, as clients insist on them. */
class AnswersTest extends DataPortKit {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void thePingSaysThatThisIsARegistry() throws Exception {
        RawAnswer answer = get("/v2/");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Docker-Distribution-API-Version")).contains("registry/2.0");
        assertThat(answer.header("WWW-Authenticate")).isEmpty();
        assertThat(answer.body()).isEqualTo("{}");
    }

    @Test
    void aManifestComesWithTypeLengthDigestAndTag() throws Exception {
        RawAnswer cold = get(MANIFEST);
        RawAnswer warm = get(MANIFEST);

        for (RawAnswer answer : new RawAnswer[]{cold, warm}) {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).contains(MEDIA_TYPE);
            assertThat(answer.header("Content-Length")).contains(Integer.toString(manifest.length));
            assertThat(answer.header("Docker-Content-Digest")).contains(manifestDigest.toString());
            assertThat(answer.header("ETag")).contains("\"" + manifestDigest + "\"");
            assertThat(answer.header("OCI-Namespace")).contains("lab");
            assertThat(answer.header("Content-Encoding")).isEmpty();
            assertThat(answer.header("Location")).isEmpty();
            assertThat(answer.body()).isEqualTo(text(manifest));
        }
        assertThat(cold.header("Cache-Status")).contains("freshet; fwd=uri-miss; stored");
        assertThat(warm.header("Cache-Status")).contains("freshet; hit; detail=partly-stored");
    }

    @Test
    void aManifestIsKeptWholeAlsoWhereAPartOfItWasLeftBefore() throws Exception {
        store.keepPartials(1);
        try (BlobWriter left = store.begin(manifestDigest, OptionalLong.empty())) {
            left.append(ByteBuffer.wrap(manifest, 0, 10));
        }

        get(MANIFEST);
        RawAnswer kept = get(MANIFEST);

        assertThat(kept.header("Cache-Status")).hasValueSatisfying(use -> assertThat(use).startsWith("freshet; hit"));
        assertThat(kept.body()).isEqualTo(text(manifest));
    }

    @Test
    void aBlobComesWithLengthRangesDigestAndPlainType() throws Exception {
        RawAnswer cold = get(BLOB);
        awaitCommits();
        RawAnswer warm = get(BLOB);

        for (RawAnswer answer : new RawAnswer[]{cold, warm}) {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).contains("application/octet-stream");
            assertThat(answer.header("Content-Length")).contains(Integer.toString(LAYER.length));
            assertThat(answer.header("Accept-Ranges")).contains("bytes");
            assertThat(answer.header("Docker-Content-Digest")).contains(LAYER_DIGEST.toString());
            assertThat(answer.header("ETag")).contains("\"" + LAYER_DIGEST + "\"");
            assertThat(answer.header("OCI-Namespace")).contains("lab");
            assertThat(answer.header("Content-Encoding")).isEmpty();
            assertThat(answer.header("Transfer-Encoding")).isEmpty();
            assertThat(answer.header("Location")).isEmpty();
            assertThat(answer.body()).isEqualTo(text(LAYER));
        }
        assertThat(cold.header("Cache-Status")).contains("freshet; fwd=uri-miss; stored");
        assertThat(warm.header("Cache-Status")).contains("freshet; hit");
    }

    @ParameterizedTest(name = "Accept-Encoding: {0}")
    @ValueSource(strings = {"gzip", "zstd, gzip, deflate", "identity;q=0", "*", "br"})
    void anyAcceptedEncodingGivesTheSameBytes(String encoding) throws Exception {
        RawAnswer answer = get(BLOB, "Accept-Encoding: " + encoding);
        awaitCommits();

        assertThat(answer.header("Content-Encoding")).isEmpty();
        assertThat(answer.body()).isEqualTo(text(LAYER));
        assertThat(get(BLOB).header("Cache-Status")).contains("freshet; hit");
    }

    @Test
    void headOfABlobSaysWhatGetWouldAndFetchesNothing() throws Exception {
        RawAnswer cold = head(BLOB);

        assertThat(cold.status()).isEqualTo(200);
        assertThat(cold.header("Content-Length")).contains(Integer.toString(LAYER.length));
        assertThat(cold.header("Docker-Content-Digest")).contains(LAYER_DIGEST.toString());
        assertThat(cold.header("Accept-Ranges")).contains("bytes");
        assertThat(cold.header("Content-Type")).contains("application/octet-stream");
        registry.traffic().awaitIdle();
        assertThat(registry.traffic().bytesSent(Endpoint.BLOB)).isLessThan(LAYER.length);
        assertThat(store.usage().objects()).isZero();
    }

    @Test
    void headOfAManifestSaysWhatGetWould() throws Exception {
        RawAnswer cold = head(MANIFEST);
        get(MANIFEST);
        RawAnswer warm = head(MANIFEST);

        for (RawAnswer answer : new RawAnswer[]{cold, warm}) {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).contains(MEDIA_TYPE);
            assertThat(answer.header("Content-Length")).contains(Integer.toString(manifest.length));
            assertThat(answer.header("Docker-Content-Digest")).contains(manifestDigest.toString());
        }
    }

    @Test
    void whatDependsOnTheAcceptedTypesSaysSo() throws Exception {
        RawAnswer cold = get(MANIFEST);
        RawAnswer known = get(MANIFEST, "If-None-Match: \"" + manifestDigest + "\"");

        assertThat(known.status()).isEqualTo(304);
        assertThat(List.of(cold, known, head(MANIFEST), get(MANIFEST), get("/v2/lab/app/manifests/none")))
                .allSatisfy(answer -> assertThat(answer.header("Vary")).contains("Accept"));
    }

    @Test
    void whatDoesNotDependOnTheAcceptedTypesDoesNotVary() throws Exception {
        String byDigest = "/v2/lab/app/manifests/" + manifestDigest;

        assertThat(List.of(get(byDigest), head(byDigest), get(BLOB), get("/v2/"), get("/v2/lab/app/tags/list"),
                get("/v2/lab/app/manifests/sha256:" + "0".repeat(64)), get("/nowhere")))
                .allSatisfy(answer -> assertThat(answer.header("Vary")).isEmpty());
        awaitCommits();
    }

    @Test
    void afterAHeadTheConnectionGoesOn() throws Exception {
        try (RawClient client = client()) {
            for (String path : new String[]{BLOB, MANIFEST, "/v2/", "/v2/lab/app/manifests/none", "/nowhere"}) {
                client.method("HEAD", path).head();
            }

            assertThat(client.get("/v2/").answer().body()).isEqualTo("{}");
        }
    }

    @Test
    void errorsAreOciJson() throws Exception {
        RawAnswer answer = get("/v2/lab/app/manifests/none");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Type")).contains("application/json");
        JsonNode error = JSON.readTree(answer.body()).path("errors");
        assertThat(error.size()).isEqualTo(1);
        assertThat(error.get(0).propertyNames()).containsExactly("code", "message", "detail");
        assertThat(error.get(0).path("code").asString()).isEqualTo("MANIFEST_UNKNOWN");
        assertThat(error.get(0).path("message").asString()).contains("lab");
    }

    @Test
    void anUpstreamThatLimitsIsPassedOnWithItsWait() throws Exception {
        registry.when(On.every(Endpoint.MANIFEST), Fault.status(429, Headers.of("Retry-After", "17")));

        RawAnswer answer = get("/v2/lab/app/manifests/other");

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After").map(Integer::parseInt).orElse(0)).isBetween(1, 17);
        assertThat(answer.body()).contains("TOOMANYREQUESTS");
    }

    @Test
    void anUnknownRegistryIsNamedInTheError() throws Exception {
        RawAnswer answer = get("/v2/app/manifests/1?ns=quay.io");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("NAME_UNKNOWN", "quay.io", "lab");
        assertThat(answer.header("OCI-Namespace")).isEmpty();
    }

    @Test
    void aBlobOfNoStatedLengthThatFailsIsResetWhereOnlyTheConnectionsEndTellsTheEnd() throws Exception {
        Digest lie = Digest.sha256(new byte[]{1});
        registry.blob("app", lie, Content.of(LAYER));

        assertThat(endsWithReset("/v2/lab/app/blobs/" + lie)).isTrue();
        assertThat(endsWithReset(BLOB)).isFalse();
    }

    @Test
    void aBlobOfNoStatedLengthIsStreamedInChunksAlsoOnTheLastRequest() throws Exception {
        Gate gate = unstatedLength();

        try (RawClient client = client()) {
            client.get(BLOB, "Connection: close");
            String begin = text(client.some(1000));
            gate.open();

            assertThat(begin).startsWith("HTTP/1.1 200 ").containsIgnoringCase("transfer-encoding: chunked");
            assertThat(client.rest()).endsWith("\r\n0\r\n\r\n");
        }
    }

    private boolean endsWithReset(String path) throws Exception {
        Gate gate = unstatedLength();
        try (RawClient client = client()) {
            client.request("GET " + path + " HTTP/1.0");
            client.some(1000);
            gate.open();
            return client.endsWithReset();
        }
    }

    /** Lets blobs come without a length, and in two parts: what is behind the gate comes when it is opened. */
    private Gate unstatedLength() {
        Gate gate = new Gate();
        registry.heal();
        registry.when(On.every(Endpoint.BLOB).method("GET"), new Fault.Framed(Framing.CHUNKED),
                new Fault.HoldAt(LAYER.length - 10, gate));
        return gate;
    }
}
