package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.fill.RingBuffer.Bounds;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** How long readers wait for the head of an origin that does not answer: 10 s when they know the length, else as they say. */
class HeadPatienceTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong looks = new AtomicLong();
    private final FillMonitor monitor = new FillMonitor(Bounds.DEFAULT, Fetching.with(1, this::look));
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private long look() {
        looks.incrementAndGet();
        return nanos.get();
    }

    @AfterEach
    void endThreads() {
        threads.close();
    }

    @Test
    void aReaderThatKnowsTheLengthHasItAfterTenSeconds() throws Exception {
        OpenedContent reader = reader(true, OptionalLong.of(100));

        Future<OptionalLong> length = threads.submit(() -> reader.awaitLength(TIMEOUT));

        assertWaitsUntil(Duration.ofSeconds(10), length);
        assertThat(length.get()).hasValue(100);
    }

    @Test
    void aReaderThatDoesNotKnowItGivesUpWhenItHasSaid() throws Exception {
        OpenedContent reader = reader(true, OptionalLong.empty());

        Future<ContentException> failure = threads.submit(
                () -> catchThrowableOfType(ContentException.class, () -> reader.awaitLength(TIMEOUT)));

        assertWaitsUntil(TIMEOUT, failure);
        assertThat(failure.get()).hasMessageContaining("has not answered for 15 s");
        assertThat(failure.get().end()).isNull();
    }

    @Test
    void aReaderOfPartsWaitsTenSecondsForTheirFirstByteAndGoesOn() throws Exception {
        monitor.begin(new ByteRanges(), 1, OptionalLong.of(100));
        OpenedContent reader = reader(false, OptionalLong.of(100));
        assertThat(reader.awaitLength(TIMEOUT)).hasValue(100);
        reader.want(List.of(new ByteRange(5, 10)));

        Future<Boolean> answered = threads.submit(() -> {
            reader.awaitAnswer();
            return true;
        });

        assertWaitsUntil(Duration.ofSeconds(10), answered);
        assertThat(answered.get()).isTrue();
    }

    @Test
    void anAnswerEndsTheWaitAtOnce() throws Exception {
        OpenedContent reader = reader(true, OptionalLong.empty());
        Future<OptionalLong> length = threads.submit(() -> reader.awaitLength(TIMEOUT));
        awaitLooks(2);

        monitor.answered(OptionalLong.of(7));

        assertThat(length.get(60, TimeUnit.SECONDS)).hasValue(7);
    }

    private OpenedContent reader(boolean isWhole, OptionalLong expected) {
        return monitor.join(isWhole, expected, () -> Source.ORIGIN).orElseThrow();
    }

    /** It has looked at the clock a millisecond before, and waits on; and is done when the time is up. */
    private void assertWaitsUntil(Duration time, Future<?> done) throws Exception {
        awaitLooks(1);
        nanos.set(time.minusMillis(1).toNanos());
        awaitLooks(3);
        assertThat(done).isNotDone();
        nanos.set(time.toNanos());
        done.get(60, TimeUnit.SECONDS);
    }

    private void awaitLooks(int more) {
        for (long until = looks.get() + more; looks.get() < until;) {
            Thread.onSpinWait();
        }
    }
}
