package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Answers to HEAD of manifests, and types of answers to GET, that cannot be true or were never verified. */
class UnverifiedHeadTest {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String OTHER = "application/vnd.docker.distribution.manifest.list.v2+json";
    private static final String ELSEWHERE = "library/other";
    private static final byte[] BODY = Bytes.of("{\"schemaVersion\":2,\"manifests\":[]}");
    private static final Digest DIGEST = Digest.sha256(BODY);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    static Stream<Fault> impossible() {
        return Stream.of(Fault.header("Content-Type", "text/plain; charset=utf-8"),
                Fault.header("Content-Type", "application/json"), Fault.header("Content-Type", "text/html"),
                Fault.header("Content-Type", "application/octet-stream"), Fault.header("Content-Type", "*/*"),
                Fault.header("Content-Type", "application/problem+json"), new Fault.WithoutHeader("Content-Type"),
                Fault.header("Content-Length", "0"), Fault.header("Content-Length", "-1"),
                Fault.header("Content-Length", "4194305"), Fault.header("Content-Length", "99999999999999999999"),
                Fault.header("Content-Length", "1e3"));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    @DisplayName("L-08: HEAD with a type or a length that no manifest has: a GET decides, and HEAD here is as GET here")
    void getDecides(Fault fault) {
        push(REPO, INDEX);
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), fault);

        Got byTag = head("latest");
        Got byDigest = head(DIGEST.toString());
        Got get = proxy.manifest("latest");

        assertThat(get.body()).isEqualTo(BODY);
        assertThat(List.of(byTag, byDigest)).extracting(UnverifiedHeadTest::described)
                .containsOnly(List.of(INDEX, "" + BODY.length, DIGEST.toString()));
        assertThat(described(get)).isEqualTo(described(byTag));
        assertThat(methods()).containsExactly("HEAD", "GET");
    }

    @Test
    @DisplayName("L-08: a digest that HEAD names confirms a tag, also where the rest makes no sense")
    void theDigestConfirmsATag() {
        push(REPO, INDEX);
        proxy.manifest("latest");
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), Fault.header("Content-Type", "text/plain"),
                Fault.header("Content-Length", "0"));
        proxy.clock().advance(Duration.ofMinutes(1));

        Got revalidated = proxy.manifest("latest");

        assertThat(revalidated.header("Cache-Status")).isEqualTo("freshet; fwd=stale; detail=revalidated");
        assertThat(methods()).containsExactly("GET", "HEAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/json", "application/octet-stream", "binary/octet-stream",
            "text/plain; charset=utf-8", ""})
    @DisplayName("L-08: a GET under a type that names no manifest is what its body says, and HEAD is the same")
    void theBodySaysWhatItIs(String type) {
        byte[] own = Bytes.of("{\"schemaVersion\":2,\"mediaType\":\"" + OTHER + "\",\"manifests\":[]}");
        push(REPO, INDEX);
        proxy.registry().tag(REPO, "own", proxy.registry().manifest(REPO, OTHER, own));
        proxy.registry().when(On.every(Endpoint.MANIFEST),
                type.isEmpty() ? new Fault.WithoutHeader("Content-Type") : Fault.header("Content-Type", type));

        List<Got> byStructure = List.of(head("latest"), proxy.manifest("latest"), proxy.manifest(DIGEST.toString()),
                head("latest"));
        List<Got> byField = List.of(proxy.manifest("own"), head("own"));

        assertThat(byStructure).extracting(got -> got.header("Content-Type")).containsOnly(INDEX);
        assertThat(byField).extracting(got -> got.header("Content-Type")).containsOnly(OTHER);
    }

    @Test
    @DisplayName("L-08: what HEAD says of a digest does not become its type, also where its body is stored for another")
    void whatHeadSaysIsNoFact() {
        push(REPO, INDEX);
        push(ELSEWHERE, INDEX);
        proxy.manifest("latest");
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), Fault.header("Content-Type", OTHER),
                Fault.header("Content-Length", "7"));
        Got told = proxy.client().head(proxy.url(ELSEWHERE, "manifests/latest"));

        List<Got> got = List.of(proxy.client().get(proxy.url(ELSEWHERE, "manifests/latest")),
                proxy.client().get(proxy.url(ELSEWHERE, "manifests/" + DIGEST)),
                proxy.client().head(proxy.url(ELSEWHERE, "manifests/latest")));

        assertThat(told.header("Content-Type")).isEqualTo(OTHER);
        assertThat(got).extracting(UnverifiedHeadTest::described)
                .containsOnly(List.of(INDEX, "" + BODY.length, DIGEST.toString()));
    }

    @Test
    @DisplayName("L-08, L-15: a digest that HEAD names grants nothing: the stored manifest of another repository is not served")
    void aLyingDigestGrantsNothing() {
        byte[] secret = Bytes.of("{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"secret\":\"yes\"}}");
        Digest theirs = proxy.registry().manifest(ELSEWHERE, INDEX, secret);
        proxy.client().get(proxy.url(ELSEWHERE, "manifests/" + theirs));
        push(REPO, INDEX);
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"),
                Fault.header("Docker-Content-Digest", theirs.toString()));

        head("latest");
        head(theirs.toString());
        Got byTag = proxy.manifest("latest");
        Got byDigest = proxy.manifest(theirs.toString());

        assertThat(byTag.body()).isEqualTo(BODY);
        assertThat(byDigest.status()).isEqualTo(404);
    }

    @Test
    @DisplayName("L-08: what HEAD has said is remembered for HEAD of the same tag, for its TTL, and not over a restart")
    void whatHeadSaysIsRememberedForHead() {
        push(REPO, INDEX);

        Got cold = head("latest");
        Got within = head("latest");
        proxy.clock().advance(Duration.ofMinutes(1));
        Got past = head("latest");
        proxy.stop();
        Got restarted = head("latest");

        assertThat(List.of(cold, within, past, restarted)).extracting(UnverifiedHeadTest::described)
                .containsOnly(List.of(INDEX, "" + BODY.length, DIGEST.toString()));
        assertThat(within.header("Cache-Status")).startsWith("freshet; hit");
        assertThat(methods()).containsExactly("HEAD", "HEAD", "HEAD");
    }

    private void push(String repository, String type) {
        proxy.registry().tag(repository, "latest", proxy.registry().manifest(repository, type, BODY));
    }

    private static List<String> described(Got got) {
        return Stream.of("Content-Type", "Content-Length", "Docker-Content-Digest").map(got::header).toList();
    }

    private Got head(String reference) {
        return proxy.client().head(proxy.url("manifests/" + reference));
    }

    private List<String> methods() {
        return proxy.registry().traffic().of(Endpoint.MANIFEST).stream().map(Seen::method).toList();
    }
}
