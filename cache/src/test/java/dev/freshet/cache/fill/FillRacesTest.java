package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.InMemoryBlobStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Fault case C-07: opening exactly while a fill commits, and exactly while it fails. */
class FillRacesTest {

    private static final int ROUNDS = 10_000;
    private static final int OPENERS = 3;
    private static final byte[] CONTENT = {1, 2, 3, 4, 5};
    private static final Digest DIGEST = Digest.sha256(CONTENT);

    /** One cache that all openers open at about the same time. */
    private record Round(InMemoryBlobStore store, ScriptedOrigin origin, ContentCache cache) {

        Content open() throws Exception {
            return Reading.content(cache.open(DIGEST, OptionalLong.empty(), origin));
        }
    }

    private interface Opener {

        void open(Round round) throws Exception;
    }

    @Test
    void openingWhileAFillCommitsGivesEachReaderTheBytes() throws Exception {
        List<Round> rounds = race(origin -> origin.thenAll(CONTENT), round -> {
            try (Content content = round.open()) {
                assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
            }
        });

        assertThat(rounds).allSatisfy(round -> assertThat(round.origin().opens()).isEqualTo(1));
    }

    @Test
    void openingWhileAFillFailsGivesEachReaderAFailure() throws Exception {
        Step[] refusals = new Step[OPENERS];
        Arrays.fill(refusals, new Step.Refuse("404"));

        List<Round> rounds = race(origin -> origin.then(refusals), round -> {
            try (Content content = round.open()) {
                ContentException failure = catchThrowableOfType(ContentException.class,
                        () -> Reading.toEnd(content));
                assertThat(failure.end()).isInstanceOf(FillOutcome.OriginFailed.class);
            }
        });

        assertThat(rounds).allSatisfy(round -> assertThat(round.origin().opens()).isBetween(1, OPENERS));
    }

    @Test
    void betweenTheEndsDecisionAndItsAnnouncementTheBlobIsFoundStored() throws Exception {
        InMemoryBlobStore store = new InMemoryBlobStore();
        ScriptedOrigin origin = new ScriptedOrigin().thenAll(CONTENT);
        AtomicReference<@Nullable Lookup> between = new AtomicReference<>();
        AtomicReference<@Nullable ContentCache> cache = new AtomicReference<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        cache.set(new ContentCache(store, threads, Runnable::run, event -> {
            if (event instanceof FillEvent.Ended ended) {
                between.set(lookup(cache.get(), ended.origin()));
            }
        }));

        try (Content leader = Reading.content(lookup(cache.get(), origin))) {
            assertThat(Reading.toEnd(leader)).isEqualTo(CONTENT);
        }
        threads.close();

        assertThat(between.get()).isInstanceOf(Lookup.Stored.class);
    }

    private static Lookup lookup(@Nullable ContentCache cache, BlobOrigin origin) {
        return Objects.requireNonNull(cache).open(DIGEST, OptionalLong.empty(), origin);
    }

    private static List<Round> race(Consumer<ScriptedOrigin> script, Opener opener)
            throws Exception {
        ExecutorService fills = Executors.newFixedThreadPool(4);
        List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            InMemoryBlobStore store = new InMemoryBlobStore();
            ScriptedOrigin origin = new ScriptedOrigin();
            script.accept(origin);
            rounds.add(
                    new Round(store, origin, new ContentCache(store, fills, Runnable::run, new RecordingListener())));
        }
        ExecutorService openers = Executors.newFixedThreadPool(OPENERS);
        CyclicBarrier together = new CyclicBarrier(OPENERS);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < OPENERS; i++) {
            running.add(openers.submit(() -> {
                for (Round round : rounds) {
                    together.await(60, TimeUnit.SECONDS);
                    opener.open(round);
                }
                return true;
            }));
        }
        for (Future<?> one : running) {
            one.get(5, TimeUnit.MINUTES);
        }
        openers.close();
        fills.close();
        assertThat(rounds).allSatisfy(round -> {
            assertThat(round.cache().fills()).isZero();
            assertThat(round.store().openWriters()).isZero();
            assertThat(round.store().openBlobs()).isZero();
            assertThat(round.origin().mostOpen()).isLessThanOrEqualTo(1);
        });
        return rounds;
    }
}
