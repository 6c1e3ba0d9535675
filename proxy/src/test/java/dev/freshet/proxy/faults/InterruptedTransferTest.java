package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.storage.StorageSettings;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Ending;
import dev.freshet.testbed.wire.Framing;
import dev.freshet.testbed.wire.Gate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.Bytes.MIB;
import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Transfers that break off, and signed URLs that die: the client sees one unbroken body, or a cut one. */
class InterruptedTransferTest {

    private static final byte[] BLOB = Bytes.random(2 * MIB);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    @DisplayName("U-01: a signed URL that has expired before the body is replaced by a fresh one")
    void aDeadUrlIsReplaced() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB).nth(1), new Fault.ExpiredUrl());

        Got got = proxy.blob(digest);

        assertThat(got.digest()).isEqualTo(digest);
        assertThat(proxy.registry().traffic().storageGets()).extracting(Seen::status).containsExactly(403, 200);
        assertThat(proxy.metric("freshet_redirect_refreshes_total", "reason=\"refused\"")).isEqualTo(1);
        assertThat(proxy.metric("freshet_resumes_total")).isZero();
        assertThat(proxy.metric("freshet_upstream_bytes_total")).isEqualTo(BLOB.length);
    }

    @Test
    @DisplayName("U-01: signed URLs that are all dead end in 502 after a few tries, and nothing is cached")
    void deadUrlsForEverEndInAnError() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(Endpoint.BLOB), new Fault.ExpiredUrl());

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("upstream lab").contains("403").doesNotContain("X-Amz");
        assertThat(proxy.registry().traffic().storageGets()).hasSizeBetween(2, 5);
        proxy.heals(digest, BLOB);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 700_000, 2 * MIB - 1})
    @DisplayName("U-02: a URL that expires at byte k and takes the connection with it is resumed at byte k")
    void anExpiryInTheMiddleIsResumed(int at) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().reconfigure(s -> s.urlLife(Duration.ofSeconds(2)).storage(
                (StorageSettings storage) -> storage.cutAtExpiry(Ending.FIN)));
        Gate gate = new Gate();
        proxy.registry().when(On.storage().nth(1), new Fault.HoldAt(at, gate));

        Future<Got> begun = proxy.client().begin(proxy.url("blobs/" + digest));
        gate.awaitArrivals(1);
        proxy.clock().advance(Duration.ofSeconds(3));
        Got got = Client.await(begun);

        assertThat(got.cut()).isFalse();
        assertThat(got.digest()).isEqualTo(digest);
        List<Seen> gets = proxy.registry().traffic().storageGets();
        assertThat(gets).extracting(Seen::status).containsExactly(200, 206);
        assertThat(gets.get(1).range()).hasValue("bytes=" + at + "-");
        assertThat(proxy.metric("freshet_resumes_total")).isEqualTo(1);
        assertThat(proxy.metric("freshet_upstream_bytes_total")).isEqualTo(BLOB.length);
        assertThat(proxy.registry().traffic().bytesSent(Endpoint.STORAGE)).isEqualTo(BLOB.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, MIB - 1, MIB, 2 * MIB - 1})
    @DisplayName("U-04: a reset at byte k is resumed, invisibly")
    void aResetIsResumed(int at) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage().nth(1), Fault.resetAt(at));

        Got got = proxy.blob(digest);

        assertThat(got.cut()).isFalse();
        assertThat(got.digest()).isEqualTo(digest);
        assertThat(proxy.metric("freshet_redirect_refreshes_total", "reason=\"broken\"")).isEqualTo(1);
        proxy.heals(digest, BLOB);
        assertThat(proxy.registry().traffic().storageGets()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, MIB - 1, MIB, 2 * MIB - 1})
    @DisplayName("U-05: a clean end before the stated length is resumed at byte k")
    void anEarlyEndIsResumed(int at) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage().nth(1), Fault.cutAt(at));

        Got got = proxy.blob(digest);

        assertThat(got.cut()).isFalse();
        assertThat(got.digest()).isEqualTo(digest);
        assertThat(proxy.metric("freshet_resumes_total")).isEqualTo(at == 0 ? 0 : 1);
        assertThat(proxy.metric("freshet_upstream_bytes_total")).isEqualTo(BLOB.length);
    }

    @Test
    @DisplayName("U-04: a connection that breaks every time after a little is given up, and the client is cut off")
    void withoutProgressTheClientIsCutOff() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), Fault.cutAt(10));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.cut()).isTrue();
        assertThat(BLOB).startsWith(got.body());
        assertThat(proxy.registry().traffic().storageGets()).hasSizeLessThan(30);
        proxy.awaitNoFills();
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-06: a chunked body without a length is served, and kept once its digest is right")
    void aChunkedBodyIsServedAndKept() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.Framed(Framing.CHUNKED));

        Got cold = proxy.blob(digest);
        Got warm = proxy.blob(digest);

        assertThat(cold.digest()).isEqualTo(digest);
        assertThat(warm.digest()).isEqualTo(digest);
        assertThat(warm.header("Content-Length")).isEqualTo("" + BLOB.length);
        assertThat(proxy.registry().traffic().storageGets()).hasSize(1);
    }

    @Test
    @DisplayName("U-07: a chunked body that breaks off is resumed")
    void aTruncatedChunkedBodyIsResumed() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage().nth(1), new Fault.Framed(Framing.CHUNKED), Fault.cutAt(MIB));

        Got got = proxy.blob(digest);

        assertThat(got.cut()).isFalse();
        assertThat(got.digest()).isEqualTo(digest);
        assertThat(proxy.registry().traffic().storageGets().get(1).range()).hasValue("bytes=" + MIB + "-");
    }

    @Test
    @DisplayName("U-07: a body without any framing that ends early is cut, as its end is not known, and not kept")
    void anUnframedTruncatedBodyIsCutAndNotKept() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage().nth(1), new Fault.Framed(Framing.UNTIL_CLOSE), Fault.cutAt(MIB));

        Got got = proxy.blob(digest);

        assertThat(got.cut() || got.status() == 502).as("%s", got).isTrue();
        assertThat(got.body()).hasSizeLessThan(MIB);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-10: a body that only the end of the connection ends is served whole")
    void anUnframedBodyIsServed() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.Framed(Framing.UNTIL_CLOSE));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(200);
        assertThat(got.cut()).isFalse();
        assertThat(got.digest()).isEqualTo(digest);
    }
}
