package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.fill.RingBuffer.Bounds;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.InMemoryBlobStore;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What one fill and its readers share, moved by hand. */
class FillMonitorTest {

    private final InMemoryBlobStore store = new InMemoryBlobStore();
    private final FillMonitor monitor = new FillMonitor(Bounds.DEFAULT, Fetching.with(1, () -> 0));
    private final OpenedContent reader = monitor.join(true, OptionalLong.empty(), () -> Source.ORIGIN).orElseThrow();

    @BeforeEach
    void opened() throws StoreException {
        BlobWriter writer = store.begin(FillKit.DIGEST, OptionalLong.empty());
        writer.append(ByteBuffer.wrap(new byte[100]));
        monitor.buffer().load(writer);
        monitor.begin(new ByteRanges(), 1, OptionalLong.empty());
        monitor.answered(OptionalLong.of(100));
    }

    @AfterEach
    void nothingIsLeftOpen() {
        reader.close();
        monitor.fillHasLeft();
        assertThat(store.openWriters()).isZero();
    }

    @Test
    void aWaitingTaskRunsOnceWhenItsByteIsPublished() {
        AtomicInteger runs = new AtomicInteger();
        reader.whenReadable(50, runs::incrementAndGet);
        monitor.arrived(0, 50);
        assertThat(runs).hasValue(0);

        monitor.arrived(0, 51);
        monitor.arrived(0, 99);
        monitor.verified(100);
        end(new FillOutcome.Complete(100));

        assertThat(runs).hasValue(1);
    }

    @Test
    void aTaskForAByteThatIsThereRunsAtOnceAndOnce() {
        AtomicInteger runs = new AtomicInteger();
        monitor.arrived(0, 51);

        reader.whenReadable(50, runs::incrementAndGet);
        monitor.arrived(0, 99);

        assertThat(runs).hasValue(1);
    }

    @Test
    void theEndRunsEveryWaitingTaskOnce() {
        AtomicInteger runs = new AtomicInteger();
        reader.whenReadable(99, runs::incrementAndGet);
        reader.whenReadable(5000, runs::incrementAndGet);

        end(new FillOutcome.Aborted());
        reader.whenReadable(0, runs::incrementAndGet);

        assertThat(runs).hasValue(3);
    }

    @Test
    void theTaskOfAReaderThatHasLeftDoesNotRunAndIsNotKept() {
        AtomicInteger runs = new AtomicInteger();
        OpenedContent leaving = monitor.join(true, OptionalLong.empty(), () -> Source.ORIGIN).orElseThrow();
        leaving.whenReadable(10, runs::incrementAndGet);

        leaving.close();
        monitor.arrived(0, 99);

        assertThat(runs).hasValue(0);
    }

    @Test
    void aTaskThatThrowsHarmsNeitherTheFillNorOtherReaders() {
        AtomicInteger runs = new AtomicInteger();
        reader.whenReadable(10, () -> {
            throw new IllegalStateException("the client's thread is gone");
        });
        reader.whenReadable(10, runs::incrementAndGet);

        monitor.arrived(0, 99);

        assertThat(runs).hasValue(1);
    }

    @Test
    void onlyTheFirstDecisionCounts() {
        assertThat(decide(new FillOutcome.Aborted())).isTrue();
        assertThat(decide(new FillOutcome.Complete(100))).isFalse();

        assertThat(monitor.outcome()).isEqualTo(new FillOutcome.Aborted());
    }

    @Test
    void readersHearOfAFailureWhenItIsAnnouncedAndNotBefore() throws Exception {
        decide(new FillOutcome.Aborted());
        assertThat(reader.read(0, ByteBuffer.allocate(1))).isZero();

        monitor.announceEnd();

        assertThatThrownBy(() -> reader.read(0, ByteBuffer.allocate(1))).isInstanceOf(ContentException.class);
    }

    @Test
    void readersHaveEverythingOnceItIsVerifiedWhateverHappensThen() throws Exception {
        monitor.verified(100);
        end(new FillOutcome.Aborted());

        assertThat(reader.read(99, ByteBuffer.allocate(1))).isEqualTo(1);
        assertThat(reader.read(100, ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(reader.awaitLength(Duration.ZERO)).hasValue(100);
    }

    @Test
    void nothingIsPublishedAfterAFailure() {
        end(new FillOutcome.Aborted());
        monitor.verified(100);

        assertThatThrownBy(() -> reader.read(0, ByteBuffer.allocate(1))).isInstanceOf(ContentException.class);
    }

    @Test
    void awaitLengthOfALengthThatIsKnownDoesNotWait() throws Exception {
        assertThat(reader.awaitLength(Duration.ZERO)).hasValue(100);
    }

    @Test
    void theWriterStaysOpenForAReaderAfterTheFillHasEnded() throws Exception {
        monitor.verified(100);
        end(new FillOutcome.Complete(100));
        monitor.fillHasLeft();

        assertThat(Reading.toEnd(reader)).hasSize(100);
        assertThat(store.openWriters()).isEqualTo(1);
        reader.close();

        assertThat(store.openWriters()).isZero();
    }

    @Test
    void theWriterStaysOpenForTheFillAfterTheLastReaderHasLeft() {
        reader.close();
        assertThat(store.openWriters()).isEqualTo(1);

        monitor.fillHasLeft();

        assertThat(store.openWriters()).isZero();
    }

    private void end(FillOutcome end) {
        decide(end);
        monitor.announceEnd();
    }

    private boolean decide(FillOutcome end) {
        return monitor.locked(state -> state.end(end));
    }
}
