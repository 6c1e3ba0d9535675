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
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Framing;
import dev.freshet.testbed.wire.Gate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.freshet.testbed.proxy.Bytes.MIB;
import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Blobs of more bytes than the store holds, or than came before the proxy was stopped. */
class LargeBlobTest {

    private static final byte[] BLOB = Bytes.random(72 * MIB);
    private static final byte[] SMALL = Bytes.random(100_000);
    private static final String PASSED = "freshet; fwd=uri-miss";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    @DisplayName("U-30, C-16: a blob larger than the cache is streamed through, and nothing goes for it")
    void aBlobLargerThanTheCacheIsStreamedThrough() {
        proxy.set("cache.max-size", "64MiB");
        Digest small = proxy.registry().blob(REPO, SMALL);
        Digest large = proxy.registry().blob(REPO, BLOB);
        proxy.blob(small);

        for (int i = 0; i < 2; i++) {
            Got got = proxy.blob(large);
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.header("Content-Length")).isEqualTo("" + BLOB.length);
            assertThat(got.header("Cache-Status")).isEqualTo(PASSED);
            assertThat(got.digest()).isEqualTo(large);
            proxy.awaitNoFills();
        }

        assertThat(proxy.blob(small).header("Cache-Status")).isEqualTo("freshet; hit");
        assertThat(proxy.metric("freshet_evictions_total")).isZero();
        assertThat(proxy.metric("freshet_fills_ended_total", "end=\"passed\"")).isEqualTo(2);
        assertThat(proxy.metric("freshet_upstream_bytes_total"))
                .isEqualTo(proxy.registry().traffic().bytesSent(Endpoint.STORAGE));
    }

    @Test
    @DisplayName("U-30: a blob that turns out larger than the cache is streamed through, and none of it is left")
    void aBlobOfUnknownLengthIsStreamedThrough() {
        proxy.set("cache.max-size", "64MiB");
        Digest large = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.Framed(Framing.CHUNKED));

        for (int i = 0; i < 2; i++) {
            assertThat(proxy.blob(large).digest()).isEqualTo(large);
            proxy.awaitNoFills();
        }

        assertThat(proxy.registry().traffic().storageGets()).extracting(Seen::range).allMatch(range -> range.isEmpty());
        assertThat(proxy.metric("freshet_fills_ended_total", "end=\"passed\"")).isEqualTo(2);
        assertThat(proxy.metric("freshet_cache_bytes")).isLessThanOrEqualTo(64 * MIB);
    }

    @Test
    @DisplayName("U-30: clients at once share one transfer, at the pace of the slowest; who comes too late has another")
    void clientsShareWhatPassesThrough() throws IOException {
        proxy.set("cache.max-size", "64MiB");
        Digest large = proxy.registry().blob(REPO, BLOB);
        Gate gate = new Gate();
        proxy.registry().when(On.storage().where(r -> r.header("Range").isEmpty()).nth(1),
                new Fault.HoldAt(MIB / 2, gate));
        Future<Got> free = proxy.client().begin(proxy.url("blobs/" + large));
        gate.awaitArrivals(1);
        List<ByteArrayOutputStream> bodies = List.of(new ByteArrayOutputStream(), new ByteArrayOutputStream());

        try (Download one = proxy.client().stream(proxy.url("blobs/" + large));
                Download other = proxy.client().stream(proxy.url("blobs/" + large))) {
            gate.open();
            readInTurn(List.of(one, other), bodies, 8 * MIB);
            Got late = proxy.blob(large);
            readInTurn(List.of(one, other), bodies, Long.MAX_VALUE);

            assertThat(late.digest()).isEqualTo(large);
        }

        assertThat(Client.await(free).digest()).isEqualTo(large);
        assertThat(bodies).extracting(body -> Digest.sha256(body.toByteArray())).containsOnly(large);
        assertThat(proxy.registry().traffic().storageGets(large))
                .filteredOn(get -> get.bytesSent() > 1 && get.range().orElse("bytes=0-").startsWith("bytes=0-"))
                .hasSize(2);
    }

    private static void readInTurn(List<Download> downloads, List<ByteArrayOutputStream> bodies, long until)
            throws IOException {
        boolean more = true;
        while (more && bodies.getFirst().size() < until) {
            more = false;
            for (int i = 0; i < downloads.size(); i++) {
                byte[] piece = downloads.get(i).read();
                bodies.get(i).writeBytes(piece);
                more |= piece.length > 0;
            }
        }
    }

    @Test
    @DisplayName("A fill that the end of the process has cut off goes on from what is durable of it")
    void aFillGoesOnAfterARestart() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        stopInTheMiddle(digest);

        Got got = proxy.blob(digest);

        assertThat(got.digest()).isEqualTo(digest);
        assertThat(got.header("Cache-Status")).isEqualTo("freshet; fwd=partial; stored");
        Seen resumed = proxy.registry().traffic().storageGets().getLast();
        assertThat(resumed.status()).isEqualTo(206);
        assertThat(resumed.range()).isPresent();
        assertThat(resumed.bytesSent()).isLessThanOrEqualTo(40L * MIB);
        assertThat(proxy.metric("freshet_upstream_bytes_total")).isEqualTo(resumed.bytesSent());
        assertThat(proxy.metric("freshet_resumes_total")).isEqualTo(1);
        proxy.awaitNoFills();
        assertThat(proxy.blob(digest).header("Cache-Status")).isEqualTo("freshet; hit");
    }

    @Test
    @DisplayName("U-12: after a restart too, an upstream that knows no ranges is listened to from the start, and skipped")
    void aFillGoesOnAfterARestartWithoutRanges() {
        Digest digest = proxy.registry().blob(REPO, BLOB);
        proxy.registry().when(On.storage(), new Fault.IgnoreRange());
        stopInTheMiddle(digest);

        Got got = proxy.blob(digest);

        assertThat(got.digest()).isEqualTo(digest);
        assertThat(proxy.metric("freshet_upstream_bytes_total")).isEqualTo(BLOB.length);
        assertThat(proxy.metric("freshet_resumes_total")).isEqualTo(1);
    }

    /** Stops the proxy when the second segment is being written, and the first is durable therefore. */
    private void stopInTheMiddle(Digest digest) {
        Gate gate = new Gate();
        proxy.registry().when(On.storage().nth(1), new Fault.HoldAt(70 * MIB, gate));
        Future<Got> cut = proxy.client().begin(proxy.url("blobs/" + digest));
        gate.awaitArrivals(1);
        proxy.await("more than one segment on disk", () -> bytesOnDisk() > 34 * MIB);
        proxy.stop();
        gate.open();
        assertThat(Client.await(cut).cut()).isTrue();
    }

    private long bytesOnDisk() {
        try (Stream<Path> files = Files.walk(proxy.directory())) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }
}
