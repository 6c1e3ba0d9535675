package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.InMemoryBlobStore;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Two ends of one fill that meet while its thread is held, and the end that the thread then finds itself: the first one counts,
 * the listener hears of it once, and every reader hears of it.
 */
class TwoEndsTest {

    private static final byte[] CONTENT = {1, 2, 3, 4, 5};
    private static final Digest DIGEST = Digest.sha256(CONTENT);

    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicLong nanos = new AtomicLong();
    private final InMemoryBlobStore store = new InMemoryBlobStore();
    private final RecordingListener listener = new RecordingListener();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ContentCache cache = new ContentCache(store, threads, threads, Runnable::run,
            Fetching.with(1, nanos::get), listener);

    /** A reason to end that does not come from the fill's own thread. */
    enum End {
        TOOK_TOO_LONG,
        ABANDONED,
        ABORTED
    }

    @AfterEach
    void nothingIsLeftOpen() {
        released.countDown();
        threads.close();
        assertThat(cache.fills()).isZero();
        assertThat(store.openWriters()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"TOOK_TOO_LONG, ABORTED, took-too-long", "ABORTED, TOOK_TOO_LONG, aborted",
            "TOOK_TOO_LONG, TOOK_TOO_LONG, took-too-long", "ABORTED, ABORTED, aborted"})
    void aReaderHearsOfTheFirstEndAlthoughTheThreadIsRefusedLater(End first, End second, String heard)
            throws Exception {
        OpenedContent reader = Reading.content(cache.open(DIGEST, OptionalLong.empty(), new Refusing()));
        held.await();

        bringAbout(first);
        bringAbout(second);
        if (first == End.ABORTED || second == End.ABORTED) {
            assertFails(reader, heard);
        }
        released.countDown();
        threads.close();

        assertFails(reader, heard);
        assertThat(listener.ends()).extracting(FillOutcome::label).containsExactly(heard);
        reader.close();
    }

    @ParameterizedTest
    @CsvSource({"ABANDONED, ABORTED, abandoned", "ABORTED, ABANDONED, aborted",
            "ABANDONED, TOOK_TOO_LONG, abandoned", "TOOK_TOO_LONG, ABANDONED, took-too-long"})
    void aFillWithoutReadersHasTheFirstEndAlthoughTheThreadIsRefusedLater(End first, End second, String heard)
            throws Exception {
        Reading.content(cache.open(DIGEST, OptionalLong.empty(), new Refusing())).close();
        held.await();

        bringAbout(first);
        bringAbout(second);
        released.countDown();
        threads.close();

        assertThat(listener.ends()).extracting(FillOutcome::label).containsExactly(heard);
    }

    @ParameterizedTest
    @CsvSource({"TOOK_TOO_LONG, ABORTED, took-too-long", "ABORTED, TOOK_TOO_LONG, aborted",
            "ABANDONED, ABORTED, aborted", "ABANDONED, TOOK_TOO_LONG, took-too-long", "ABANDONED, ABANDONED, complete"})
    void aReaderHasEverythingWhenTheEndsMeetDuringTheCommit(End first, End second, String heard) throws Exception {
        store.beforeCommits(this::hold);
        OpenedContent reader = Reading.content(
                cache.open(DIGEST, OptionalLong.empty(), new ScriptedOrigin().thenAll(CONTENT)));
        held.await();

        bringAbout(first);
        bringAbout(second);
        assertThat(Reading.toEnd(reader)).isEqualTo(CONTENT);
        released.countDown();
        threads.close();

        assertThat(Reading.toEnd(reader)).isEqualTo(CONTENT);
        assertThat(listener.ends()).extracting(FillOutcome::label).containsExactly(heard);
        assertThat(cache.availability(DIGEST)).isEqualTo(new Availability.Stored(CONTENT.length));
        reader.close();
    }

    private void bringAbout(End end) {
        switch (end) {
            case TOOK_TOO_LONG -> {
                nanos.addAndGet(Duration.ofDays(2).toNanos());
                cache.look();
            }
            case ABANDONED -> cache.abandon(DIGEST);
            case ABORTED -> cache.close();
        }
    }

    /** It fails at once, without any wait. */
    private static void assertFails(OpenedContent reader, String label) {
        ContentException failure = catchThrowableOfType(ContentException.class,
                () -> reader.awaitLength(Duration.ZERO));
        assertThat(failure.end()).isNotNull().extracting(FillOutcome::label).isEqualTo(label);
    }

    /** Holds the fill's thread, whether it is interrupted or not. */
    private void hold() {
        held.countDown();
        boolean interrupted = false;
        for (boolean done = false; !done;) {
            try {
                released.await();
                done = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** An origin that holds the fill's thread and then refuses. */
    private final class Refusing implements BlobOrigin {

        @Override
        public Repository repository() {
            return new Repository(new RegistryHost("origin.test"), "app");
        }

        @Override
        public Transfer open(ByteRange wanted) throws OriginException {
            hold();
            throw new OriginException(FailureReason.NOT_FOUND, "404", null);
        }
    }
}
