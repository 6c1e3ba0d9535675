package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Step.End;
import dev.freshet.cache.fill.Step.Refuse;
import dev.freshet.cache.store.BlobStoreKit;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static dev.freshet.cache.fill.ScriptedOrigin.headWithoutLength;
import static org.assertj.core.api.Assertions.assertThat;

/** Fills that go on from what an earlier one has left. */
class ResumeTest extends LeftOverKit {

    @Test
    void aFillGoesOnWhereAnEarlierOneWasCutOff() throws Exception {
        origin.then(head(LENGTH), bytes(0, 200_000), new Refuse("reset"));
        openContent().close();
        listener.awaitEnd();
        awaitNoWriter();

        origin.then(head(LENGTH), bytes(200_000, LENGTH), new End());
        try (OpenedContent content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(listener.awaitEnd()).isEqualTo(new FillOutcome.Complete(LENGTH));
        assertThat(origin.froms()).containsExactly(0L, 200_000L);
        assertThat(listener.lastBytes()).isEqualTo(100_000);
        assertThat(listener.resumptions()).isEqualTo(1);
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void aFillGoesOnWhereTheEndOfTheProcessHasCutItOff() throws Exception {
        origin.then(head(LENGTH), bytes(0, 200_000));
        openContent().close();
        origin.awaitAsked(3);
        cache.close();
        awaitNoWriter();

        origin.then(head(LENGTH), bytes(200_000, LENGTH), new End());
        try (ContentCache next = new ContentCache(store, threads, Runnable::run, new RecordingListener());
                OpenedContent content = Reading.content(next.open(DIGEST, OptionalLong.empty(), origin))) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(origin.froms()).containsExactly(0L, 200_000L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 131_072, 200_000, 299_999})
    void readersHaveWhatIsLeftBeforeTheOriginSendsAByte(int left) throws Exception {
        leave(CONTENT, left);
        origin.then(head(LENGTH));

        try (OpenedContent content = openContent()) {
            int available = Math.min(left, LENGTH - 1);
            Reading.awaitReadable(content, available - 1);
            assertThat(Reading.available(content, 0)).isEqualTo(Arrays.copyOf(CONTENT, available));

            origin.then(bytes(left, LENGTH), new End());
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        assertThat(origin.froms()).containsExactly((long) left);
    }

    @Test
    void theHeadDoesNotWaitUntilWhatIsLeftIsHashed() throws Exception {
        leave(CONTENT, 200_000);
        Semaphore gate = new Semaphore(0);
        store.beforeReads(position -> gate.acquireUninterruptibly());
        origin.then(head(LENGTH), bytes(200_000, LENGTH), new End());

        try (OpenedContent content = openContent()) {
            assertThat(content.awaitLength(MINUTE)).hasValue(LENGTH);
            assertThat(content.read(0, ByteBuffer.allocate(1))).isZero();

            gate.release(Integer.MAX_VALUE);
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
    }

    @Test
    void whenAllIsLeftAndTheLengthIsKnownTheOriginIsNotAsked() throws Exception {
        leave(CONTENT, LENGTH);

        try (OpenedContent content = Reading.content(cache.open(DIGEST, OptionalLong.of(LENGTH), origin))) {
            assertThat(content.awaitLength(MINUTE)).hasValue(LENGTH);
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        listener.awaitEnd();
        assertThat(origin.opens()).isZero();
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void whenAllIsLeftAndNoManifestSaysSoTheOriginDoes() throws Exception {
        leave(CONTENT, LENGTH);
        origin.then(headWithoutLength());

        try (OpenedContent content = openContent()) {
            assertThat(content.awaitLength(MINUTE)).isEmpty();
            origin.then(new End());
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(origin.froms()).containsExactly((long) LENGTH);
    }

    @Test
    void theLastByteIsWithheldAlsoWhenAllIsLeft() throws Exception {
        byte[] wrong = CONTENT.clone();
        wrong[1000]++;
        leave(wrong, LENGTH);
        origin.then(head(LENGTH));

        try (OpenedContent content = openContent()) {
            Reading.awaitReadable(content, LENGTH - 2);
            assertThat(Reading.available(content, 0)).hasSize(LENGTH - 1);
            origin.then(new End());
            assertThat(failure(content).end()).isInstanceOf(FillOutcome.DigestMismatch.class);
        }
    }

    @Test
    void anOriginThatFailsLeavesWhatThereWasAndWhatHasCome() throws Exception {
        leave(CONTENT, 100_000);
        origin.then(new Refuse("503"));
        openContent().close();
        listener.awaitEnd();
        awaitNoWriter();
        origin.then(head(LENGTH), bytes(100_000, 200_000), new Refuse("reset"));
        openContent().close();
        listener.awaitEnd();
        awaitNoWriter();

        origin.then(head(LENGTH), bytes(200_000, LENGTH), new End());
        try (OpenedContent content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(origin.froms()).containsExactly(100_000L, 100_000L, 200_000L);
    }

    @Test
    void anAbortDoesNotWaitUntilWhatIsLeftIsHashed() throws Exception {
        leave(CONTENT, LENGTH);
        Semaphore reads = new Semaphore(0);
        Semaphore gate = new Semaphore(0);
        store.beforeReads(position -> {
            reads.release();
            gate.acquireUninterruptibly();
        });
        origin.then(head(LENGTH));

        try (OpenedContent content = openContent()) {
            reads.acquire();
            cache.close();
            assertThat(failure(content).end()).isInstanceOf(FillOutcome.Aborted.class);
            gate.release();
        }

        threads.close();
        assertThat(reads.availablePermits()).isZero();
        assertThat(origin.openNow()).isZero();
    }

    @Test
    void aStoreThatKeepsPartsOnlyIsResumedFromThere() throws Exception {
        store.keepPartials(65_536);
        leave(CONTENT, 200_000);
        origin.then(head(LENGTH), bytes(196_608, LENGTH), new End());

        try (OpenedContent content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(origin.froms()).containsExactly(196_608L);
    }
}
