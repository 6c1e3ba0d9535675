package dev.freshet.testbed.registry;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Framing;
import dev.freshet.testbed.wire.Gate;
import dev.freshet.testbed.wire.Headers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each fault does what it says. */
class FaultTest {

    private static final String REPO = "library/thing";
    private static final byte[] BLOB = "0123456789".repeat(100_000).getBytes(StandardCharsets.UTF_8);

    @AutoClose
    private final FakeRegistry registry = new FakeRegistry();
    @AutoClose
    private final Browser browser = new Browser(registry);
    private final Digest digest = registry.blob(REPO, BLOB);

    @Test
    void befallsTheNthRequestOnly() throws Exception {
        registry.when(On.storage().digest(digest).nth(2), Fault.status(503, Headers.of("Retry-After", "7")));

        assertThat(fetch().statusCode()).isEqualTo(200);
        assertThat(fetch().headers().firstValue("Retry-After")).hasValue("7");
        assertThat(fetch().statusCode()).isEqualTo(200);
    }

    @Test
    void cutsAtAByteWithAFinOrAReset() throws Exception {
        registry.when(On.storage().nth(1), Fault.cutAt(4321));
        registry.when(On.storage().nth(2), Fault.resetAt(4321));
        registry.when(On.storage().nth(3), Fault.cutAt(0));

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(this::fetch).isInstanceOf(IOException.class);
        }
        registry.traffic().awaitIdle();
        assertThat(registry.traffic().storageGets()).extracting(Seen::bytesSent).containsExactly(4321L, 4321L, 0L);
        assertThat(registry.traffic().storageGets()).allMatch(s -> s.state() == Seen.State.CUT);
    }

    @Test
    void holdsATransferAtAByteUntilTheGateOpens() throws Exception {
        Gate gate = new Gate();
        registry.when(On.storage(), new Fault.HoldAt(10, gate));

        try (InputStream body = browser.stream(browser.location(digest))) {
            gate.awaitArrivals(1);
            assertThat(body.readNBytes(10)).asString().isEqualTo("0123456789");
            assertThat(registry.traffic().storageGets()).singleElement().matches(s -> s.bytesSent() == 10);
            gate.open();

            assertThat(body.readAllBytes()).hasSize(BLOB.length - 10);
        }
    }

    @Test
    void endsAStallWhenTheClientGoesAway() throws Exception {
        registry.when(On.storage(), Fault.stallAt(10));

        browser.stream(browser.location(digest)).close();

        registry.traffic().await(1, s -> s.endpoint() == Endpoint.STORAGE && s.state() == Seen.State.CUT);
    }

    @Test
    void corruptsOneByte() throws Exception {
        registry.when(On.storage(), new Fault.CorruptAt(70_000));

        byte[] body = fetch().body();

        byte[] expected = BLOB.clone();
        expected[70_000] ^= (byte) 0xff;
        assertThat(body).isEqualTo(expected);
    }

    @Test
    void isDeafToRangesOrLiesAboutThem() throws Exception {
        registry.when(On.storage().nth(1), new Fault.IgnoreRange());
        registry.when(On.storage().nth(2), Fault.header("Content-Range", "bytes 7-9/10"));
        String url = browser.location(digest);

        HttpResponse<byte[]> deaf = browser.get(url, "Range", "bytes=1-2");
        HttpResponse<byte[]> liar = browser.get(url, "Range", "bytes=1-2");

        assertThat(deaf.statusCode()).isEqualTo(200);
        assertThat(deaf.body()).hasSize(BLOB.length);
        assertThat(liar.headers().firstValue("Content-Range")).hasValue("bytes 7-9/10");
    }

    @Test
    void sendsChunksWholeOrTruncatedAndBodiesWithoutALength() throws Exception {
        registry.when(On.storage().nth(1), new Fault.Framed(Framing.CHUNKED));
        registry.when(On.storage().nth(2), new Fault.Framed(Framing.CHUNKED), Fault.cutAt(99));
        registry.when(On.storage().nth(3), new Fault.Framed(Framing.UNTIL_CLOSE));

        HttpResponse<byte[]> chunked = fetch();
        assertThatThrownBy(this::fetch).isInstanceOf(IOException.class);
        HttpResponse<byte[]> untilClose = fetch();

        assertThat(chunked.headers().firstValue("Content-Length")).isEmpty();
        assertThat(chunked.body()).isEqualTo(BLOB);
        assertThat(untilClose.headers().firstValue("Content-Length")).isEmpty();
        assertThat(untilClose.body()).isEqualTo(BLOB);
    }

    @Test
    void compressesUnasked() throws Exception {
        registry.when(On.storage(), new Fault.Gzipped());

        HttpResponse<byte[]> response = fetch();

        assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes()).isEqualTo(BLOB);
    }

    @Test
    void handsOutUrlsThatAreDeadAlready() throws Exception {
        registry.when(On.every(Endpoint.BLOB).nth(1), new Fault.ExpiredUrl());

        assertThat(fetch().statusCode()).isEqualTo(403);
        assertThat(fetch().statusCode()).isEqualTo(200);
    }

    @Test
    void redirectsWhereverItIsToldTo() throws Exception {
        registry.when(On.every(Endpoint.BLOB).nth(1), Fault.redirect("//evil.example/x"));
        registry.when(On.every(Endpoint.BLOB).nth(2), new Fault.Relocated(l -> l.replace("://", "://u:p@")));
        registry.when(On.every(Endpoint.BLOB).nth(3), new Fault.Relocated(l -> registry.hops(3, l)));

        assertThat(browser.location(digest)).isEqualTo("//evil.example/x");
        assertThat(browser.location(digest)).startsWith("http://u:p@127.0.0.1:");
        String location = browser.location(digest);
        for (int i = 0; i < 3; i++) {
            assertThat(location).startsWith("/hop/" + (2 - i));
            location = browser.get(location).headers().firstValue("Location").orElseThrow();
        }
        assertThat(browser.get(location).body()).isEqualTo(BLOB);
    }

    @Test
    void writesWhateverHeadItIsToldTo() throws Exception {
        registry.when(On.every(Endpoint.PING),
                new Fault.RawHead("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Big: " + "x".repeat(50_000) + "\r\n\r\n"));

        assertThat(browser.get("/v2/").headers().firstValue("X-Big").orElseThrow()).hasSize(50_000);
    }

    private HttpResponse<byte[]> fetch() throws IOException, InterruptedException {
        return browser.get(browser.location(digest));
    }
}
