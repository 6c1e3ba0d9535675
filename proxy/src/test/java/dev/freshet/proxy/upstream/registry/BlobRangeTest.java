package dev.freshet.proxy.upstream.registry;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import dev.freshet.testbed.wire.Ending;
import dev.freshet.testbed.wire.Framing;
import dev.freshet.testbed.wire.Gate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Downloads of a stretch of a blob: its bytes, no others, and a connection that serves again. */
class BlobRangeTest {

    private static final byte[] BLOB = Bytes.random(2 * Bytes.MIB);
    private static final int FROM = 500_000;
    private static final int TO = 1_500_000;

    private final Lab lab = new Lab();
    private final BlobOrigin origin = lab.origin(BLOB);

    BlobRangeTest() throws IOException {}

    @AfterEach
    void close() {
        lab.close();
    }

    @ParameterizedTest
    @CsvSource({"0,1,bytes=0-0", "0,1000000,bytes=0-999999", "500000,1500000,bytes=500000-1499999",
            "2097151,2097152,bytes=2097151-2097151", "0,2097152,bytes=0-2097151",
            "2000000,9999999,bytes=2000000-9999998"})
    void onlyItsBytesAreAskedFor(long from, long to, String range) throws Exception {
        long end = Math.min(to, BLOB.length);

        try (Transfer transfer = origin.open(new ByteRange(from, to))) {
            assertThat(transfer.length()).hasValue(BLOB.length);
            assertThat(transfer.end()).hasValue(end);
            assertThat(transfer.isWhole()).isFalse();
            assertThat(Lab.rest(transfer)).isEqualTo(part(from, end));
        }

        assertThat(lab.storageGets()).singleElement().satisfies(seen -> assertThat(seen.range()).hasValue(range));
        assertThat(lab.received()).isEqualTo(end - from);
        assertThat(lab.resumes()).isZero();
    }

    @Test
    void allOfItIsNoRange() throws Exception {
        try (Transfer transfer = origin.open(ByteRange.from(0))) {
            assertThat(transfer.end()).hasValue(BLOB.length);
            assertThat(transfer.isWhole()).isTrue();
            assertThat(Lab.rest(transfer)).isEqualTo(BLOB);
        }

        assertThat(lab.storageGets()).extracting(Seen::range).containsExactly(Optional.empty());
    }

    @Test
    void behindTheEndThereAreNoBytesAndTheLengthIsKnown() throws Exception {
        try (Transfer transfer = origin.open(new ByteRange(BLOB.length, BLOB.length + 10L))) {
            assertThat(transfer.length()).hasValue(BLOB.length);
            assertThat(transfer.end()).hasValue(BLOB.length);
            assertThat(Lab.rest(transfer)).isEmpty();
        }
    }

    @Test
    void ofAnEmptyBlobThereAreNoneEither() throws Exception {
        try (Transfer transfer = lab.origin(new byte[0]).open(new ByteRange(0, 10))) {
            assertThat(transfer.length()).hasValue(0);
            assertThat(transfer.end()).hasValue(0);
            assertThat(Lab.rest(transfer)).isEmpty();
        }
    }

    @Test
    @DisplayName("U-12: a storage that ignores ranges says so, and costs nothing when no reader goes on")
    void anIgnoredRangeIsSeenBeforeItIsPaidFor() throws Exception {
        lab.registry().when(On.storage(), new Fault.IgnoreRange());

        try (Transfer transfer = origin.open(new ByteRange(FROM, TO))) {
            assertThat(transfer.isWhole()).isTrue();
            assertThat(transfer.length()).hasValue(BLOB.length);
            assertThat(transfer.end()).hasValue(BLOB.length);
        }

        assertThat(lab.received()).isZero();
    }

    @Test
    @DisplayName("U-12: of a whole body all behind the first wanted byte can be read")
    void aWholeBodyIsReadToItsEnd() throws Exception {
        lab.registry().when(On.storage(), new Fault.IgnoreRange());

        assertThat(Lab.get(origin, FROM, TO)).isEqualTo(part(FROM, BLOB.length));

        assertThat(lab.received()).isEqualTo(BLOB.length);
        assertThat(lab.registry().traffic().bytesSent(Endpoint.STORAGE))
                .isEqualTo(BLOB.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999_999})
    @DisplayName("U-04: a reset at byte k is resumed inside the stretch")
    void aResetIsResumed(int at) throws Exception {
        lab.registry().when(On.storage().nth(1), new Fault.CutAt(at, Ending.FIN));

        assertThat(Lab.get(origin, FROM, TO)).isEqualTo(part(FROM, TO));

        assertThat(lab.storageGets()).extracting(Seen::range).containsExactly(Optional.of("bytes=500000-1499999"),
                Optional.of("bytes=" + (FROM + at) + "-1499999"));
        assertThat(lab.received()).isEqualTo(TO - FROM);
        assertThat(lab.resumes()).isEqualTo(at == 0 ? 0 : 1);
        assertThat(lab.refreshes()).containsExactly(UpstreamEvent.RefreshReason.BROKEN);
    }

    @Test
    @DisplayName("U-12: a resumption that is answered with all of it ends where it was to end")
    void aWholeBodyOnResumptionIsCutToTheStretch() throws Exception {
        lab.registry().when(On.storage().nth(1), Fault.cutAt(1000));
        lab.registry().when(On.storage().from(2), new Fault.IgnoreRange());

        try (Transfer transfer = origin.open(new ByteRange(FROM, TO))) {
            assertThat(Lab.rest(transfer)).isEqualTo(part(FROM, TO));
            assertThat(transfer.isWhole()).isFalse();
            assertThat(transfer.end()).hasValue(TO);
        }

        assertThat(lab.received()).isEqualTo(1000 + TO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 500001-1499999/2097152", "bytes 500000-1499998/2097152",
            "bytes 500000-1500000/2097152", "bytes 500000-2097151/2097152", "bytes 500000-1499999/1499999",
            "bytes 500000-1499998/*", "nonsense"})
    @DisplayName("U-13: a storage that gets the range wrong again and again is asked for the whole")
    void wrongRangesEndInTheWhole(String contentRange) throws Exception {
        lab.registry().when(On.storage().where(r -> r.header("Range").isPresent()),
                Fault.header("Content-Range", contentRange));

        try (Transfer transfer = origin.open(new ByteRange(FROM, TO))) {
            assertThat(transfer.isWhole()).isTrue();
            assertThat(Lab.rest(transfer)).isEqualTo(part(FROM, BLOB.length));
        }

        assertThat(lab.storageGets()).hasSize(3);
    }

    @Test
    void aBodyThatGoesOnBehindTheStretchIsNotReadFurther() throws Exception {
        lab.registry().when(On.storage().nth(1), new Fault.WithStatus(206), new Fault.IgnoreRange(),
                Fault.header("Content-Range", "bytes 0-99999/2097152"), Fault.stallAt(200_000));

        assertThat(Lab.get(origin, 0, 100_000)).isEqualTo(part(0, 100_000));
        assertThat(Lab.get(origin, FROM, TO)).isEqualTo(part(FROM, TO));

        assertThat(lab.received()).isEqualTo(100_000 + TO - FROM);
        assertThat(lab.registry().storageConnections()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LENGTH", "CHUNKED"})
    void stretchesInTurnUseOneConnection(Framing framing) throws Exception {
        lab.registry().when(On.storage(), new Fault.Framed(framing));

        for (int from = 0; from < BLOB.length; from += Bytes.MIB / 4) {
            assertThat(Lab.get(origin, from, from + Bytes.MIB / 4)).isEqualTo(part(from, from + Bytes.MIB / 4));
        }

        assertThat(lab.storageGets()).hasSize(8);
        if (framing == Framing.LENGTH) {
            assertThat(lab.registry().storageConnections()).isEqualTo(1);
        }
        assertThat(lab.received()).isEqualTo(BLOB.length);
    }

    @Test
    void aStretchThatWasClosedEarlyGivesNoConnectionBack() throws Exception {
        try (Transfer transfer = origin.open(new ByteRange(FROM, TO))) {
            transfer.read(ByteBuffer.allocate(10));
        }

        assertThat(Lab.get(origin, 0, 10)).isEqualTo(part(0, 10));
        assertThat(lab.registry().storageConnections()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1000})
    void aReadThatAnotherThreadClosesFailsAndItsConnectionIsNotUsedAgain(long at) throws Exception {
        Gate gate = new Gate();
        lab.registry().when(On.storage().nth(1), new Fault.HoldAt(at, gate));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Transfer transfer = origin.open(new ByteRange(FROM, TO))) {
            Future<byte[]> reading = threads.submit(() -> Lab.rest(transfer));
            gate.awaitArrivals(1);

            threads.submit(transfer::close).get();

            assertThatThrownBy(reading::get).hasCauseInstanceOf(OriginException.class);
            assertThatThrownBy(() -> transfer.read(ByteBuffer.allocate(1))).isInstanceOf(OriginException.class)
                    .hasMessageContaining("closed");
        }

        assertThat(Lab.get(origin, 0, 10)).isEqualTo(part(0, 10));
        assertThat(lab.registry().storageConnections()).isEqualTo(2);
    }

    private static byte[] part(long from, long to) {
        return Arrays.copyOfRange(BLOB, (int) from, (int) to);
    }
}
