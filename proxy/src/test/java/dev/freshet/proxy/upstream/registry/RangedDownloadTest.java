package dev.freshet.proxy.upstream.registry;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.ManualScheduler;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.registry.RegistrySettings;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Framing;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Downloads that begin in the middle of a blob, as the beginning is here already. */
class RangedDownloadTest {

    private static final byte[] BLOB = Bytes.random(2 * Bytes.MIB);
    private static final int FROM = 1_500_000;
    private static final RegistryHost LAB = new RegistryHost("lab");
    private static final Repository APP = new Repository(LAB, "app");

    private final FakeRegistry registry = new FakeRegistry(RegistrySettings.DEFAULTS.withoutRedirects());
    private final Digest digest = registry.blob("app", BLOB);
    private final ManualScheduler scheduler = new ManualScheduler();
    private final AtomicLong received = new AtomicLong();
    private final Registry upstream = upstream();

    @AfterEach
    void close() {
        upstream.close();
        registry.close();
    }

    @Test
    void onlyTheRestIsAskedFor() throws Exception {
        try (Transfer transfer = open(FROM)) {
            assertThat(transfer.length()).hasValue(BLOB.length);
            assertThat(rest(transfer)).isEqualTo(Arrays.copyOfRange(BLOB, FROM, BLOB.length));
        }

        assertThat(gets()).singleElement().satisfies(seen -> assertThat(seen.range()).hasValue("bytes=1500000-"));
        assertThat(received).hasValue(BLOB.length - FROM);
    }

    @Test
    @DisplayName("U-12: of a whole body the known part is skipped when it is read, and every byte of it is counted")
    void theKnownPartOfAWholeBodyIsSkipped() throws Exception {
        registry.when(blob(), new Fault.IgnoreRange());

        try (Transfer transfer = open(FROM)) {
            assertThat(transfer.length()).hasValue(BLOB.length);
            assertThat(received).hasValue(0);
            assertThat(rest(transfer)).isEqualTo(Arrays.copyOfRange(BLOB, FROM, BLOB.length));
        }

        assertThat(received).hasValue(BLOB.length);
    }

    @Test
    @DisplayName("U-12: a connection that breaks in the known part costs another attempt")
    void aBreakInTheKnownPartIsMended() throws Exception {
        registry.when(blob(), new Fault.IgnoreRange());
        registry.when(blob().nth(1), new Fault.IgnoreRange(), Fault.cutAt(1000));

        try (Transfer transfer = open(FROM)) {
            assertThat(rest(transfer)).isEqualTo(Arrays.copyOfRange(BLOB, FROM, BLOB.length));
        }

        assertThat(gets()).hasSize(2);
        assertThat(received).hasValue(1000 + BLOB.length);
    }

    @Test
    void behindTheLastByteNothingComesAndTheLengthIsKnown() throws Exception {
        try (Transfer transfer = open(BLOB.length)) {
            assertThat(transfer.length()).hasValue(BLOB.length);
            assertThat(rest(transfer)).isEmpty();
        }

        assertThat(gets()).extracting(Seen::status).containsExactly(416);
    }

    @Test
    void behindTheEndTheLengthSaysSo() throws Exception {
        try (Transfer transfer = open(BLOB.length + 1L)) {
            assertThat(transfer.length()).hasValue(BLOB.length);
            assertThat(rest(transfer)).isEmpty();
        }
    }

    @Test
    void aWholeBodyThatIsShorterSaysSoToo() throws Exception {
        registry.when(blob(), new Fault.IgnoreRange());

        try (Transfer transfer = open(BLOB.length + 1L)) {
            assertThat(transfer.length()).hasValue(BLOB.length);
        }
    }

    @Test
    void anEndInTheKnownPartOfABodyWithoutALengthIsTheEnd() throws Exception {
        registry.when(blob(), new Fault.IgnoreRange(), new Fault.Framed(Framing.CHUNKED));

        try (Transfer transfer = open(BLOB.length + 10L)) {
            assertThat(transfer.length()).isEmpty();
            assertThat(rest(transfer)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 0-2097151/2097152", "bytes 1500001-2097151/2097152", "bytes 1500000-2097150/2097152",
            "bytes 1500000-2097151/*", "nonsense"})
    @DisplayName("U-13: an upstream that gets the range wrong again and again is asked for the whole")
    void wrongRangesEndInTheWhole(String contentRange) throws Exception {
        registry.when(blob().where(r -> r.header("Range").isPresent()), Fault.header("Content-Range", contentRange));

        try (Transfer transfer = open(FROM)) {
            assertThat(rest(transfer)).isEqualTo(Arrays.copyOfRange(BLOB, FROM, BLOB.length));
        }

        assertThat(gets()).extracting(Seen::range).containsExactly(Optional.of("bytes=1500000-"),
                Optional.of("bytes=1500000-"), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes */1500001", "bytes */2097152", "bytes */*", ""})
    @DisplayName("U-13: a 416 that makes no sense is no end")
    void aWrong416IsNoEnd(String contentRange) throws Exception {
        Headers headers = contentRange.isEmpty() ? Headers.NONE : Headers.of("Content-Range", contentRange);
        registry.when(blob().where(r -> r.header("Range").isPresent()),
                new Fault.Instead(new Reply(416, headers, Content.of("<html>no</html>"))));

        try (Transfer transfer = open(FROM)) {
            assertThat(rest(transfer)).isEqualTo(Arrays.copyOfRange(BLOB, FROM, BLOB.length));
        }
    }

    @Test
    void a416ThatComesAsAWebPageIsBelieved() throws Exception {
        Headers headers = Headers.of("Content-Range", "bytes */2097152").plus("Content-Type", "text/html");
        registry.when(blob(), new Fault.Instead(new Reply(416, headers, Content.of("<html>no</html>"))));

        try (Transfer transfer = open(BLOB.length)) {
            assertThat(transfer.length()).hasValue(BLOB.length);
            assertThat(rest(transfer)).isEmpty();
        }
    }

    @Test
    void asNobodyHasHadAByteARefusalIsToldAtOnce() {
        registry.when(blob(), Fault.status(429));

        assertThatThrownBy(() -> open(FROM)).isInstanceOfSatisfying(UpstreamException.class,
                refused -> assertThat(refused.reason()).isEqualTo(FailureReason.RATE_LIMITED));

        assertThat(scheduler.pauses()).isEmpty();
    }

    @Test
    void aBreakAfterSomeOfTheRestIsResumed() throws Exception {
        registry.when(blob().nth(1), Fault.cutAt(70_000));

        try (Transfer transfer = open(FROM)) {
            assertThat(rest(transfer)).isEqualTo(Arrays.copyOfRange(BLOB, FROM, BLOB.length));
        }

        assertThat(gets()).extracting(Seen::range).containsExactly(Optional.of("bytes=1500000-"),
                Optional.of("bytes=1570000-"));
    }

    @Test
    void aBodyWithoutALengthThatBreaksBehindItsLastByteHasEnded() throws Exception {
        registry.when(blob().nth(1), new Fault.Framed(Framing.CHUNKED), Fault.cutAt(BLOB.length));

        try (Transfer transfer = open(0)) {
            assertThat(rest(transfer)).isEqualTo(BLOB);
        }

        assertThat(gets()).extracting(Seen::status).containsExactly(200, 416);
    }

    private static On blob() {
        return On.every(Endpoint.BLOB);
    }

    private List<Seen> gets() {
        return registry.traffic().of(Endpoint.BLOB);
    }

    private Transfer open(long from) throws OriginException, InterruptedException {
        return upstream.blob(APP, digest).open(ByteRange.from(from));
    }

    private static byte[] rest(Transfer transfer) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(10_007).position(7);
        for (int count; (count = transfer.read(buffer.clear().position(7))) >= 0;) {
            assertThat(buffer.position()).isEqualTo(7 + count);
            all.write(buffer.array(), 7, count);
        }
        return all.toByteArray();
    }

    private Registry upstream() {
        try {
            return new Registry(Upstream.at(LAB, URI.create(registry.url()), List.of(), List.of(), List.of(),
                    Optional.empty()), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ZERO,
                    event -> {
                        if (event instanceof UpstreamEvent.Received bytes) {
                            received.addAndGet(bytes.bytes());
                        }
                    },
                    InstantSource.system(), scheduler,
                    Runnable::run);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
