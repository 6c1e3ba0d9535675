package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Framing;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.Bytes.MIB;
import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Bodies that are not what was asked for: no client completes one, and none is kept. */
class WrongBytesTest {

    private static final byte[] BLOB = Bytes.random(2 * MIB);

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @ParameterizedTest
    @ValueSource(ints = {0, MIB, 2 * MIB - 1})
    @DisplayName("U-03: right length and one wrong byte: cut before the end, counted, logged, not kept")
    void aWrongByteCutsTheClientOff(int at) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.CorruptAt(at));

        Got got = proxy.blob(digest);

        assertThat(got.cut() || got.status() == 502).as("%s", got).isTrue();
        assertThat(got.body()).hasSizeLessThan(BLOB.length);
        proxy.awaitNoFills();
        assertThat(proxy.metric("freshet_digest_mismatches_total", "upstream=\"lab\"")).isEqualTo(1);
        assertThat(proxy.metric("freshet_fills_ended_total", "end=\"digest-mismatch\"")).isEqualTo(1);
        assertThat(proxy.log()).anyMatch(line -> line.startsWith("ERROR fill") && line.contains(digest.toString()));
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-03: a wrong byte in a chunked body never ends in a last chunk")
    void aWrongByteInAChunkedBodyCutsToo() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.Framed(Framing.CHUNKED), new Fault.CorruptAt(5));

        Got got = proxy.blob(digest);

        assertThat(got.cut() || got.status() == 502).as("%s", got).isTrue();
        proxy.awaitNoFills();
        assertThat(proxy.metric("freshet_digest_mismatches_total")).isEqualTo(1);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-08: an empty body for a blob that is not empty is 502")
    void anEmptyBodyIsRefused() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.WithBody(Content.of(new byte[0])));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-08: an empty chunked body for a blob that is not empty never ends cleanly")
    void anEmptyChunkedBodyNeverEndsCleanly() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.WithBody(Content.of(new byte[0])),
                new Fault.Framed(Framing.CHUNKED));

        Got got = proxy.blob(digest);

        assertThat(got.cut() || got.status() == 502).as("%s", got).isTrue();
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-08: the blob that is empty is served")
    void theEmptyBlobIsServed() {
        Digest digest = proxy.registry().blob(REPO, new byte[0]);

        Got cold = proxy.blob(digest);
        proxy.awaitNoFills();
        Got warm = proxy.blob(digest);

        assertThat(cold.status()).isEqualTo(200);
        assertThat(cold.cut()).isFalse();
        assertThat(cold.header("Content-Length")).isEqualTo("0");
        assertThat(warm.header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(proxy.registry().traffic().storageGets()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"STORAGE", "BLOB"})
    @DisplayName("U-09: a login page in place of a blob is 502")
    void aLoginPageIsNoBlob(Endpoint endpoint) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.every(endpoint), Fault.loginPage());

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.header("Docker-Content-Digest")).isEmpty();
        assertThat(got.text()).doesNotContain("log in");
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-12: a resume that is answered with everything is not joined to what is there")
    void aResumeAnsweredWithEverythingSkipsWhatIsKnown() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage().nth(1), Fault.cutAt(MIB + 17));
        proxy.registry().when(On.storage().nth(2), new Fault.IgnoreRange());

        Got got = proxy.blob(digest);

        assertThat(got.cut()).isFalse();
        assertThat(got.digest()).isEqualTo(digest);
        assertThat(proxy.metric("freshet_resumes_total")).isEqualTo(1);
        assertThat(proxy.metric("freshet_upstream_bytes_total"))
                .isEqualTo(proxy.registry().traffic().bytesSent(Endpoint.STORAGE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 0-2097151/2097152", "bytes 1048577-2097151/2097152", "bytes 1048576-2097150/2097152",
            "bytes 1048576-2097151/2097153", "bytes 1048576-1048577/2097152", "bytes */2097152", "items 1-2/3",
            "bytes 1048576-2097151/99999999999999999999"})
    @DisplayName("U-13: a 206 with a wrong start, end or total is refused and asked again")
    void aWrongPartIsRefused(String contentRange) {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage().nth(1), Fault.cutAt(MIB));
        proxy.registry().when(On.storage().nth(2), Fault.header("Content-Range", contentRange));

        Got got = proxy.blob(digest);

        assertThat(got.cut()).isFalse();
        assertThat(got.digest()).isEqualTo(digest);
        assertThat(proxy.registry().traffic().storageGets()).hasSize(3);
    }

    @Test
    @DisplayName("U-13: a 206 where no range was asked for is refused")
    void anUnaskedPartIsRefused() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.WithStatus(206), Fault.header("Content-Range",
                "bytes 0-2097151/2097152"));

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        proxy.heals(digest, BLOB);
    }

    @Test
    @DisplayName("U-15: content that is compressed unasked is refused, and nothing is decompressed")
    void compressedContentIsRefused() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.Gzipped());

        Got got = proxy.blob(digest);

        assertThat(got.status()).isEqualTo(502);
        assertThat(got.text()).contains("Content-Encoding gzip");
        assertThat(proxy.registry().traffic().storageGets())
                .allMatch(seen -> seen.request().header("Accept-Encoding").orElse("").equals("identity"));
        proxy.heals(digest, BLOB);
    }
}
