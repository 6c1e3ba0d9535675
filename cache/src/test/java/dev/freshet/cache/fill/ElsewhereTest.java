package dev.freshet.cache.fill;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.InMemoryBlobStore;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static dev.freshet.cache.fill.FillKit.CONTENT;
import static dev.freshet.cache.fill.FillKit.DIGEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Readers of a fill that another upstream has begun, and which stands still; and how long a fill may take at all. */
class ElsewhereTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final OptionalLong LENGTH = OptionalLong.of(CONTENT.length);

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger room = new AtomicInteger(10);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final InMemoryBlobStore store = new InMemoryBlobStore();
    private final RecordingListener listener = new RecordingListener();
    private final ContentCache cache = new ContentCache(store, this::execute, threads, Runnable::run,
            Fetching.with(1, nanos::get).within(Duration.ofHours(1)), listener);
    private final ScriptedOrigin bad = new ScriptedOrigin();
    private final ScriptedOrigin good = new ScriptedOrigin();
    private final BlobOrigin elsewhere = new BlobOrigin() {

        @Override
        public Repository repository() {
            return new Repository(new RegistryHost("elsewhere.test"), "app");
        }

        @Override
        public Transfer open(ByteRange wanted) throws OriginException, InterruptedException {
            return good.open(wanted);
        }
    };

    private void execute(Runnable fill) {
        if (room.getAndDecrement() <= 0) {
            throw new RejectedExecutionException("too many");
        }
        threads.execute(fill);
    }

    @AfterEach
    void nothingIsLeftOpen() throws InterruptedException {
        cache.close();
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).as("threads ended").isTrue();
        assertThat(store.openWriters()).as("writers left open").isZero();
        assertThat(bad.openNow() + good.openNow()).as("transfers left open").isZero();
    }

    @Test
    @DisplayName("L-02: who comes to a fill of another upstream that stands still begins one of its own")
    void whoComesLaterDoesNotJoin() throws Exception {
        OpenedContent waiting = begin();
        pass(Fetching.STANDSTILL);
        good.thenAll(CONTENT);

        try (OpenedContent content = content(elsewhere)) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(good.opens()).isEqualTo(1);
        waiting.close();
    }

    @Test
    void whoComesBeforeThatOrFromTheSameUpstreamJoins() throws Exception {
        OpenedContent waiting = begin();
        pass(Fetching.STANDSTILL.minusMillis(1));

        OpenedContent early = content(elsewhere);
        pass(Duration.ofMillis(1));
        OpenedContent same = content(bad);
        early.close();
        bad.thenAll(CONTENT);

        assertThat(Reading.toEnd(same)).isEqualTo(CONTENT);
        assertThat(bad.opens()).isEqualTo(1);
        assertThat(good.opens()).isZero();
        waiting.close();
        same.close();
    }

    @Test
    @DisplayName("L-02: who has joined, and has no byte yet, goes on with a fill of its own, and others stay")
    void whoHasJoinedLeaves() throws Exception {
        OpenedContent waiting = begin();
        OpenedContent joined = content(elsewhere);
        Future<byte[]> got = threads.submit(() -> Reading.toEnd(joined));
        good.thenAll(CONTENT);

        awaitWoken(got);

        assertThat(got.get(60, TimeUnit.SECONDS)).isEqualTo(CONTENT);
        assertThat(waiting.read(0, ByteBuffer.allocate(1))).isZero();
        waiting.close();
        joined.close();
    }

    @Test
    @DisplayName("L-02: so does who waits for the length")
    void whoWaitsForTheLengthLeaves() throws Exception {
        OpenedContent waiting = begin();
        OpenedContent joined = content(elsewhere);
        Future<OptionalLong> length = threads.submit(() -> joined.awaitLength(TIMEOUT));
        good.thenAll(CONTENT);

        while (!length.isDone()) {
            pass(Duration.ofMillis(100));
            Thread.onSpinWait();
        }

        assertThat(length.get()).isEqualTo(LENGTH);
        assertThat(Reading.toEnd(joined)).isEqualTo(CONTENT);
        waiting.close();
        joined.close();
    }

    @Test
    @DisplayName("L-02: who has read a byte stays, as what two upstreams have sent is never joined")
    void whoHasReadStays() throws Exception {
        byte[] wrong = BlobStoreKit.bytes(8, 1000);
        OpenedContent waiting = begin();
        bad.then(ScriptedOrigin.head(CONTENT.length), new Step.Bytes(wrong));
        OpenedContent joined = content(elsewhere);
        Reading.awaitReadable(joined, 0);
        assertThat(Reading.available(joined, 0)).isEqualTo(wrong);

        pass(Fetching.STANDSTILL.multipliedBy(2));
        cache.look();
        assertThat(joined.read(wrong.length, ByteBuffer.allocate(1))).isZero();
        bad.then(new Step.Refuse(FailureReason.STALLED, "silent"));

        assertThat(failure(joined, wrong.length).end())
                .extracting(FillOutcome::label).isEqualTo("stalled");
        assertThat(good.opens()).isZero();
        waiting.close();
        joined.close();
    }

    @Test
    void whoHasNoByteWhenItFailsGoesOnElsewhere() throws Exception {
        OpenedContent waiting = begin();
        OpenedContent joined = content(elsewhere);
        good.thenAll(CONTENT);

        bad.then(new Step.Refuse(FailureReason.NOT_FOUND, "it is not there"));

        assertThat(Reading.toEnd(joined)).isEqualTo(CONTENT);
        waiting.close();
        joined.close();
    }

    @Test
    @DisplayName("Law 4: who was told a wrong length by the fill that it has left never gets as many bytes and no more")
    void whoWasToldAWrongLengthIsCutOff() throws Exception {
        OpenedContent waiting = Reading.content(cache.open(DIGEST, OptionalLong.empty(), bad));
        bad.then(ScriptedOrigin.head(1000));
        bad.awaitAsked(2);
        OpenedContent joined = content(elsewhere);
        assertThat(joined.awaitLength(TIMEOUT)).hasValue(1000);
        good.thenAll(CONTENT);
        pass(Fetching.STANDSTILL);
        ByteArrayOutputStream got = new ByteArrayOutputStream();

        assertThatExceptionOfType(ContentException.class).isThrownBy(() -> Reading.into(joined, got, 1000));

        assertThat(got.size()).isLessThan(1000);
        waiting.close();
        joined.close();
    }

    @Test
    @DisplayName("L-02: who leaves when the blob is stored already fetches nothing")
    void whoLeavesWhenItIsStored() throws Exception {
        OpenedContent waiting = begin();
        OpenedContent joined = content(elsewhere);
        pass(Fetching.STANDSTILL);
        good.thenAll(CONTENT);
        try (OpenedContent later = content(elsewhere)) {
            assertThat(Reading.toEnd(later)).isEqualTo(CONTENT);
        }
        listener.awaitEnd();

        assertThat(Reading.toEnd(joined)).isEqualTo(CONTENT);

        assertThat(good.opens()).isEqualTo(1);
        waiting.close();
        joined.close();
    }

    @Test
    void withoutRoomForAnotherFillItGoesOnWaiting() throws Exception {
        room.set(1);
        OpenedContent waiting = begin();
        OpenedContent joined = content(elsewhere);
        pass(Fetching.STANDSTILL);
        cache.look();
        assertThat(joined.read(0, ByteBuffer.allocate(1))).isZero();

        bad.thenAll(CONTENT);

        assertThat(Reading.toEnd(joined)).isEqualTo(CONTENT);
        waiting.close();
        joined.close();
    }

    @Test
    @DisplayName("Law 2: a fill that goes on for longer than it may ends, and the next one goes on with what has come")
    void aFillThatTakesTooLong() throws Exception {
        store.keepPartials(1);
        OpenedContent waiting = begin();
        bad.then(ScriptedOrigin.head(CONTENT.length), FillKit.bytes(0, 100_000));
        Reading.awaitReadable(waiting, 99_999);
        pass(Duration.ofHours(1).minusMillis(1));
        cache.look();
        assertThat(waiting.read(100_000, ByteBuffer.allocate(1))).isZero();

        pass(Duration.ofMillis(1));
        cache.look();

        FillOutcome end = new FillOutcome.TookTooLong(DIGEST, Duration.ofHours(1));
        assertThat(failure(waiting, 100_000).end()).isEqualTo(end);
        assertThat(end.message()).contains("3600 s").contains("fetch.fill-timeout");
        assertThat(listener.awaitEnd().label()).isEqualTo("took-too-long");
        waiting.close();
        good.then(ScriptedOrigin.head(CONTENT.length), FillKit.bytes(100_000, CONTENT.length), new Step.End());
        try (OpenedContent next = content(elsewhere)) {
            assertThat(Reading.toEnd(next)).isEqualTo(CONTENT);
        }
        assertThat(good.froms()).containsExactly(100_000L);
    }

    /** A fill of the other upstream, which has been asked and is silent. */
    private OpenedContent begin() throws InterruptedException {
        OpenedContent content = content(bad);
        bad.awaitAsked(1);
        return content;
    }

    private OpenedContent content(BlobOrigin origin) {
        return Reading.content(cache.open(DIGEST, LENGTH, origin));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** What comes when the next byte is waited for. */
    private static ContentException failure(Content content, long position) throws InterruptedException {
        Reading.awaitReadable(content, position);
        return catchThrowableOfType(ContentException.class, () -> content.read(position, ByteBuffer.allocate(1)));
    }

    /** Time passes, and is looked at, until it is done. */
    private void awaitWoken(Future<?> done) {
        pass(Fetching.STANDSTILL);
        while (!done.isDone()) {
            cache.look();
        }
    }
}
