package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Step.End;
import dev.freshet.cache.store.InMemoryBlobStore;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static org.assertj.core.api.Assertions.assertThat;

/** {@link ContentCache#abandon}: a fill ahead that no client comes for ends, and no other fill does. */
class AbandonTest extends LeftOverKit {

    private static final int ROUNDS = 300;

    @Test
    void aFillThatWaitsForItsHeadEnds() throws Exception {
        openContent().close();
        origin.awaitAsked(1);

        boolean ended = cache.abandon(DIGEST);

        assertThat(ended).isTrue();
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Abandoned.class);
        assertThat(cache.fills()).isZero();
        assertThat(cache.has(DIGEST)).isFalse();
    }

    @Test
    void whatHasComeIsKeptForTheNextFill() throws Exception {
        origin.then(head(LENGTH), bytes(0, 200_000));
        openContent().close();
        origin.awaitAsked(3);

        cache.abandon(DIGEST);
        FillOutcome first = listener.awaitEnd();
        awaitNoWriter();
        origin.then(head(LENGTH), bytes(200_000, LENGTH), new End());

        try (Content content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        assertThat(first).isInstanceOf(FillOutcome.Abandoned.class);
        assertThat(listener.awaitEnd()).isEqualTo(new FillOutcome.Complete(LENGTH));
        assertThat(origin.froms()).containsExactly(0L, 200_000L);
        assertThat(listener.lastBytes()).isEqualTo(100_000);
    }

    @Test
    void aFillThatNoThreadHasTakenUpNeverAsksTheOrigin() {
        List<Runnable> queue = new ArrayList<>();
        try (ContentCache idle = new ContentCache(store, queue::add, Runnable::run, listener)) {
            Reading.content(idle.open(DIGEST, OptionalLong.empty(), origin)).close();

            idle.abandon(DIGEST);
            queue.forEach(Runnable::run);
        }

        assertThat(origin.opens()).isZero();
        assertThat(listener.ends()).hasOnlyElementsOfType(FillOutcome.Abandoned.class).hasSize(1);
    }

    @Test
    void aFillThatAnotherReaderHasJoinedGoesOn() throws Exception {
        openContent().close();
        openContent().close();

        boolean ended = cache.abandon(DIGEST);
        origin.thenAll(CONTENT);

        assertThat(ended).isFalse();
        assertThat(listener.awaitEnd()).isEqualTo(new FillOutcome.Complete(LENGTH));
    }

    @Test
    void aFillThatIsReadGoesOn() throws Exception {
        try (Content content = openContent()) {
            assertThat(cache.isBeingRead(DIGEST)).isTrue();

            boolean ended = cache.abandon(DIGEST);
            origin.thenAll(CONTENT);

            assertThat(ended).isFalse();
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        assertThat(cache.isBeingRead(DIGEST)).isFalse();
    }

    @Test
    void whereNoFillRunsNothingEnds() throws Exception {
        assertThat(cache.abandon(DIGEST)).isFalse();

        origin.thenAll(CONTENT);
        openContent().close();
        listener.awaitEnd();

        assertThat(cache.abandon(DIGEST)).isFalse();
        assertThat(isStored(DIGEST)).isTrue();
        assertThat(listener.ends()).hasSize(1);
    }

    @Test
    void theNextReaderBeginsAnew() throws Exception {
        openContent().close();
        origin.awaitAsked(1);
        cache.abandon(DIGEST);

        Lookup next = cache.open(DIGEST, OptionalLong.empty(), new ScriptedOrigin().thenAll(CONTENT));

        assertThat(next).isInstanceOf(Lookup.Started.class);
        try (Content content = Reading.content(next)) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
    }

    @Test
    void theThreadsNextFillIsNotInterrupted() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        InMemoryBlobStore empty = new InMemoryBlobStore();
        try (one; ContentCache narrow = new ContentCache(empty, one, Runnable::run, listener)) {
            for (int i = 0; i < ROUNDS; i++) {
                ScriptedOrigin racing = new ScriptedOrigin();
                Reading.content(narrow.open(DIGEST, OptionalLong.empty(), racing)).close();
                Future<?> abandoning = threads.submit(() -> narrow.abandon(DIGEST));
                racing.thenAll(CONTENT);
                Future<Boolean> interrupted = one.submit(() -> {
                    abandoning.get();
                    return Thread.interrupted();
                });

                assertThat(interrupted.get()).isFalse();
                empty.remove(DIGEST);
            }
        }
        assertThat(listener.ends()).hasSize(ROUNDS).hasOnlyElementsOfTypes(FillOutcome.Abandoned.class,
                FillOutcome.Complete.class);
    }

    @Test
    void aReaderThatComesAtTheSameTimeJoinsOrBeginsAnew() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            ScriptedOrigin silent = new ScriptedOrigin();
            Reading.content(cache.open(DIGEST, OptionalLong.empty(), silent)).close();
            Future<Boolean> abandoning = threads.submit(() -> cache.abandon(DIGEST));

            Lookup next = cache.open(DIGEST, OptionalLong.empty(), new ScriptedOrigin().thenAll(CONTENT));
            boolean abandoned = abandoning.get();
            silent.thenAll(CONTENT);

            assertThat(next).isInstanceOf(abandoned ? Lookup.Started.class : Lookup.Joined.class);
            try (Content content = Reading.content(next)) {
                assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
            }
            awaitNoWriter();
            store.remove(DIGEST);
        }
    }
}
