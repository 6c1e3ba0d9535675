package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Download;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Framing;
import dev.freshet.testbed.wire.Gate;
import dev.freshet.testbed.wire.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Clients get an answer, and their own, as soon as there is one to give. */
class PromptAnswersTest {

    private static final byte[] BLOB = Bytes.random(Bytes.MIB);
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    @DisplayName("P-24: the head of a cold tail comes while the fill has not got there")
    void theHeadOfAColdTailComesAtOnce() throws IOException {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        Gate gate = new Gate();
        proxy.registry().when(On.storage(), new Fault.HoldAt(100_000, gate));

        try (var tail = proxy.client().stream(proxy.url("blobs/" + digest), "Range", "bytes=-10")) {
            assertThat(tail.status()).isEqualTo(206);
            gate.open();

            assertThat(rest(tail)).isEqualTo(Arrays.copyOfRange(BLOB, BLOB.length - 10, BLOB.length));
        }
    }

    @Test
    @DisplayName("P-19: HEAD of a blob of unknown length claims none")
    void aHeadWithoutALengthClaimsNone() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.IgnoreRange(), new Fault.Framed(Framing.CHUNKED));

        Got got = proxy.client().head(proxy.url("blobs/" + digest));

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.header("Content-Length")).isEmpty();
    }

    @Test
    @DisplayName("U-21: an upstream that wants to be left alone for an hour holds no client and no fill")
    void aLongRetryAfterIsPassedOn() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB), Fault.status(503, Headers.of("Retry-After", "3600")));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(503);
        assertThat(got.header("Retry-After")).isEqualTo("3600");
        assertThat(proxy.pace().pauses()).isEmpty();
        proxy.pace().advance(Duration.ofHours(1));
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("C-06: a fill that fails by its leader's repository does not fail those who joined from another")
    void aJoinerFromAnotherRepositoryIsNotFailed() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        Gate gate = new Gate();
        proxy.registry().when(On.every(Endpoint.BLOB).where(r -> r.path().contains("library/none")),
                Fault.slowHead(gate));
        Future<Got> leader = proxy.client().begin(proxy.url("library/none", "blobs/" + digest));
        gate.awaitArrivals(1);
        Future<Got> joiner = proxy.client().begin(proxy.url("blobs/" + digest));
        proxy.await("two readers of one fill", () -> proxy.metric("freshet_fill_readers") == 2);

        gate.open();

        assertThat(Client.await(leader).status()).isEqualTo(404);
        Got got = Client.await(joiner);
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.digest()).isEqualTo(digest);
    }

    @Test
    @DisplayName("C-18: a registry that refuses HEAD is asked with GET, and a moved tag is seen")
    void aRefusedHeadIsFollowedByGet() {
        proxy.set("freshness.tag-ttl", "0s");
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, INDEX, Bytes.of("{\"manifests\":[]}")));
        assertThat(proxy.manifest("latest").status()).isEqualTo(200);
        byte[] moved = Bytes.of("{\"manifests\":[],\"moved\":true}");
        proxy.registry().tag(REPO, "latest", proxy.registry().manifest(REPO, INDEX, moved));
        proxy.registry().when(On.every(Endpoint.MANIFEST).method("HEAD"), Fault.status(405));

        Got got = proxy.manifest("latest");

        assertThat(got.body()).isEqualTo(moved);
        assertThat(got.header("Cache-Status")).isEqualTo("freshet; fwd=uri-miss; stored");
    }

    /** Everything to the end; the last byte of a blob comes by itself, when the digest is verified. */
    private static byte[] rest(Download download) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece = download.read(); piece.length > 0; piece = download.read()) {
            all.write(piece);
        }
        return all.toByteArray();
    }
}
