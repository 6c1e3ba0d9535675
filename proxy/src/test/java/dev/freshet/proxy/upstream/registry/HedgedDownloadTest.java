package dev.freshet.proxy.upstream.registry;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.ManualScheduler;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Gate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** Downloads from a storage that is silent for long: it is asked once more beside, and what comes first counts. */
class HedgedDownloadTest {

    private static final byte[] BLOB = Bytes.random(2 * Bytes.MIB);
    private static final Duration SILENCE = Duration.ofSeconds(7);

    private final ManualScheduler scheduler = new ManualScheduler();
    private final Lab lab = lab();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Gate gate = new Gate();

    private Lab lab() {
        try {
            return new Lab(scheduler);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() {
        gate.open();
        lab.close();
        threads.close();
    }

    @Test
    @DisplayName("L-01: a second call that answers while the first is silent brings the blob")
    void aSecondCallThatAnswersFirst() throws Exception {
        lab.registry().when(On.storage().nth(1), Fault.slowHead(new Gate()));
        Future<byte[]> got = begin();
        awaitStorage(1);

        pass(SILENCE);

        assertThat(result(got)).isEqualTo(BLOB);
        assertThat(lab.storageGets()).hasSize(2);
    }

    @Test
    @DisplayName("L-01: the first call is not given up for the second: it takes as long as it takes")
    void aFirstCallThatNeedsItsTime() throws Exception {
        lab.registry().when(On.storage().nth(1), Fault.slowHead(gate));
        lab.registry().when(On.storage().from(2), Fault.slowHead(new Gate()));
        Future<byte[]> got = begin();
        awaitStorage(1);

        pass(SILENCE.minusMillis(1));
        assertThat(lab.storageGets()).hasSize(1);
        pass(Duration.ofMillis(1));
        awaitStorage(2);
        pass(Duration.ofSeconds(50));
        awaitStorage(3);
        gate.open();

        assertThat(result(got)).isEqualTo(BLOB);
        assertThat(lab.storageGets()).hasSize(3);
    }

    @Test
    @DisplayName("L-01: a storage that knows no ranges and pauses each time at the same byte is waited for")
    void aPauseOfAStorageWithoutRanges() throws Exception {
        lab.registry().when(On.storage(), new Fault.IgnoreRange(), new Fault.HoldAt(Bytes.MIB, gate));
        Future<byte[]> got = begin();
        gate.awaitArrivals(1);
        awaitReceived(Bytes.MIB);

        pass(SILENCE);
        gate.awaitArrivals(2);
        pass(Duration.ofSeconds(50));
        gate.open();

        assertThat(result(got)).isEqualTo(BLOB);
        assertThat(lab.resumes()).isLessThanOrEqualTo(1);
    }

    @Test
    @DisplayName("U-18: a connection that is silent in the middle is gone on from beside, at the byte")
    void aConnectionThatDiesSilently() throws Exception {
        lab.registry().when(On.storage().nth(1), Fault.stallAt(Bytes.MIB));
        Future<byte[]> got = begin();
        lab.registry().traffic().await(1, seen -> seen.bytesSent() == Bytes.MIB);
        awaitReceived(Bytes.MIB);

        pass(SILENCE);

        assertThat(result(got)).isEqualTo(BLOB);
        assertThat(lab.storageGets()).extracting(Seen::range).containsExactly(Optional.empty(),
                Optional.of("bytes=" + Bytes.MIB + "-"));
        assertThat(lab.resumes()).isEqualTo(1);
    }

    @Test
    @DisplayName("U-18: so is one that is silent behind a chunk, of whose end the last bytes have come alone")
    void aConnectionThatDiesBehindAChunk() throws Exception {
        int piece = 8192;
        byte[] chunk = Arrays.copyOf(BLOB, 4 * piece - "7ff9\r\n".length());
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        sent.writeBytes(Bytes.of("%x\r\n".formatted(chunk.length)));
        sent.writeBytes(chunk);
        sent.writeBytes(Bytes.of("\r\n"));
        int end = sent.size();
        sent.write('1');
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Pad: ";
        lab.registry().when(On.storage().nth(1),
                new Fault.RawHead(head + "x".repeat(piece - head.length() - 4) + "\r\n\r\n"),
                new Fault.WithBody(Content.of(sent.toByteArray())), Fault.stallAt(end));
        Future<byte[]> got = begin();
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> awaitReceived(chunk.length));

        pass(SILENCE);

        assertThat(result(got)).isEqualTo(BLOB);
    }

    @Test
    @DisplayName("U-18: silence for ever ends at the stall timeout, with one further call at a time, and the registry is there")
    void silenceForEverEnds() throws Exception {
        lab.registry().when(On.storage(), Fault.slowHead(gate));
        Future<byte[]> got = begin();
        awaitStorage(1);

        pass(SILENCE);
        awaitStorage(2);
        pass(SILENCE.multipliedBy(2));
        awaitStorage(3);
        assertThat(got).isNotDone();
        pass(Duration.ofSeconds(40));

        assertStalled(got);
        assertThat(lab.storageGets()).hasSize(3);
        lab.registry().traffic().awaitIdle();
        assertThat(lab.upstream().health().state()).isEqualTo(Health.State.CLOSED);
    }

    @Test
    @DisplayName("L-01: blobs that the registry itself is slow with do not make it count as away")
    void slowBlobsAreNoOutage() throws Exception {
        lab.registry().reconfigure(settings -> settings.withoutRedirects());
        for (int i = 0; i < 6; i++) {
            Gate silent = new Gate();
            lab.registry().when(On.every(Endpoint.BLOB), Fault.slowHead(silent));
            byte[] blob = Bytes.random(1000 + i);
            Future<byte[]> got = threads.submit(() -> Lab.get(lab.origin(blob), 0, ByteRange.END));
            silent.awaitArrivals(1);
            pass(Duration.ofSeconds(61));
            assertStalled(got);
            lab.registry().heal();
        }

        assertThat(lab.upstream().health().state()).isEqualTo(Health.State.CLOSED);
        assertThat(Lab.get(lab.origin(BLOB), 0, ByteRange.END)).isEqualTo(BLOB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Drip: 1\r\n", "x"})
    @DisplayName("L-02: no byte of a head is progress: one that drips ends at the stall timeout, and another is asked beside")
    void aHeadThatDrips(String drop) throws Exception {
        assertDripEnds("HTTP/1.1 200 OK\r\nX-Begin: ", drop);
    }

    @Test
    @DisplayName("L-02: so does one interim answer after the other")
    void interimAnswersThatDrip() throws Exception {
        assertDripEnds("", "HTTP/1.1 102 Processing\r\n\r\n");
    }

    private void assertDripEnds(String begin, String drop) throws Exception {
        Content drips = Content.of(drop.repeat(1_000_000 / drop.length()));
        lab.registry().when(On.storage(), new Fault.RawHead(begin), new Fault.WithBody(drips),
                new Fault.Trickled(Duration.ofMillis(2)));
        Future<byte[]> got = begin();
        lab.registry().traffic().await(1, seen -> seen.isStorageGet() && seen.bytesSent() > 3);

        pass(SILENCE);
        lab.registry().traffic().await(2, seen -> seen.isStorageGet() && seen.bytesSent() > 3);
        pass(Duration.ofSeconds(54));

        assertStalled(got);
        lab.registry().traffic().awaitIdle();
        lab.registry().heal();
        assertThat(Lab.get(lab.origin(BLOB), 0, ByteRange.END)).isEqualTo(BLOB);
    }

    @Test
    @DisplayName("L-02: a good answer beside one whose head drips is taken")
    void aGoodAnswerBesideADrip() throws Exception {
        lab.registry().when(On.storage().nth(1), new Fault.RawHead("HTTP/1.1 200 OK\r\n"),
                new Fault.WithBody(Content.of("X-Drip: 1\r\n".repeat(100_000))),
                new Fault.Trickled(Duration.ofMillis(2)));
        Future<byte[]> got = begin();
        lab.registry().traffic().await(1, seen -> seen.isStorageGet() && seen.bytesSent() > 3);

        pass(SILENCE);

        assertThat(result(got)).isEqualTo(BLOB);
    }

    private Future<byte[]> begin() {
        return threads.submit(() -> Lab.get(lab.origin(BLOB), 0, ByteRange.END));
    }

    /** So many requests have come to the storage. */
    private void awaitStorage(int count) {
        lab.registry().traffic().await("requests to the storage",
                all -> all.stream().filter(Seen::isStorageGet).count() >= count);
    }

    /** So much has come, and more is being waited for. */
    private void awaitReceived(long bytes) {
        while ((lab.received() < bytes || lab.upstream().waits() == 0) && !Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
    }

    private void pass(Duration time) {
        scheduler.advance(time);
        lab.upstream().look();
    }

    private static byte[] result(Future<byte[]> got) throws Exception {
        return got.get(60, TimeUnit.SECONDS);
    }

    private static void assertStalled(Future<byte[]> got) {
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> result(got))
                .havingCause().isInstanceOfSatisfying(OriginException.class,
                        e -> assertThat(e.reason()).isEqualTo(FailureReason.STALLED))
                .withMessageContaining("within the stall timeout").withMessageContaining("fetch.stall-timeout");
    }
}
