package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Indexes of indexes: nothing goes down further than a client does. */
class NestedIndexTest {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final int DEPTH = 200;

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @BeforeEach
    void prefetchLayers() {
        proxy.set("fetch.prefetch", "layers");
    }

    @Test
    @DisplayName("N-13: an index of index of index is served as it is, and nothing below it is fetched")
    void nothingBelowItIsFetched() {
        Digest top = tower();

        Got cold = proxy.manifest(top.toString());
        Got warm = proxy.manifest(top.toString());

        assertThat(List.of(cold, warm)).extracting(Got::digest).containsOnly(top);
        assertThat(proxy.registry().traffic().all()).hasSize(1);
    }

    @Test
    @DisplayName("N-13: a prefetch of it goes down once, finds another index, and says so")
    void aPrefetchGoesDownOnce() throws Exception {
        proxy.registry().tag(REPO, "tower", tower());

        HttpResponse<String> answer = prefetch("tower");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("names neither a config nor layers");
        assertThat(proxy.registry().traffic().all()).hasSize(2);
    }

    @Test
    @DisplayName("N-13: cycles can only be made with wrong digests, and end there")
    void aCycleEndsAtItsWrongDigest() throws Exception {
        Digest wrong = Digest.sha256(Bytes.of("nothing"));
        Digest top = proxy.registry().manifest(REPO, INDEX, Bytes.of(index(wrong)));
        proxy.registry().tag(REPO, "cycle", top);
        proxy.registry().when(On.every(Endpoint.MANIFEST).digest(wrong),
                new Fault.Instead(Reply.of(200, INDEX, index(top))));

        HttpResponse<String> answer = prefetch("cycle");
        Got below = proxy.manifest(wrong.toString());

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(below.status()).isEqualTo(502);
        assertThat(below.header("Docker-Content-Digest")).isEmpty();
        assertThat(proxy.registry().traffic().of(Endpoint.MANIFEST)).extracting(Seen::digest)
                .filteredOn(digest -> digest.filter(top::equals).isPresent()).isEmpty();
    }

    /** Indexes, each of which lists the one below it for every platform; gives the topmost. */
    private Digest tower() {
        Digest top = Digest.sha256(Bytes.of("ground"));
        for (int i = 0; i < DEPTH; i++) {
            top = proxy.registry().manifest(REPO, INDEX, Bytes.of(index(top)));
        }
        return top;
    }

    private static String index(Digest below) {
        return """
                {"schemaVersion":2,"mediaType":"%s","manifests":[
                {"mediaType":"%s","digest":"%s","size":1,"platform":{"os":"linux","architecture":"amd64"}},
                {"mediaType":"%s","digest":"%s","size":1,"platform":{"os":"linux","architecture":"arm64"}}]}"""
                .formatted(INDEX, INDEX, below, INDEX, below);
    }

    private HttpResponse<String> prefetch(String tag) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(proxy.admin("/api/v1/prefetch"))).POST(BodyPublishers
                    .ofString("{\"image\":\"" + REPO + ":" + tag + "\",\"platform\":\"linux/amd64\"}")).build(),
                    BodyHandlers.ofString());
        }
    }
}
