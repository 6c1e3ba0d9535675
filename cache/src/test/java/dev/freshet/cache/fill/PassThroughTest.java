package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Step.Bytes;
import dev.freshet.cache.fill.Step.End;
import dev.freshet.cache.fill.Step.Refuse;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.BlobWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static dev.freshet.cache.fill.ScriptedOrigin.headWithoutLength;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Fills whose bytes the store does not take: their readers have them from memory. Without readers they end, which is
 * the fault case C-03.
 */
class PassThroughTest extends FillKit {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int LENGTH = CONTENT.length;

    @Test
    void aBlobThatIsLargerThanTheStoreIsServedAndNothingGoesForIt() throws Exception {
        byte[] small = {1, 2, 3};
        Digest stored = BlobStoreKit.commit(store, small);
        store.limit(LENGTH - 1);
        origin.thenAll(CONTENT);

        try (OpenedContent content = openContent()) {
            assertThat(content.awaitLength(MINUTE)).hasValue(LENGTH);
            assertThat(content.isKept()).isFalse();
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(listener.awaitEnd()).isInstanceOfSatisfying(FillOutcome.Passed.class,
                passed -> assertThat(passed.message()).contains("not stored", "no room"));
        assertThat(listener.lastBytes()).isEqualTo(LENGTH);
        assertThat(isStored(DIGEST)).isFalse();
        assertThat(isStored(stored)).isTrue();
    }

    @Test
    void aBlobOfUnknownLengthThatTurnsOutTooLargeIsServedAndNoneOfItIsLeft() throws Exception {
        store.limit(200_000).keepPartials(1);
        origin.then(headWithoutLength());

        try (OpenedContent content = openContent()) {
            assertThat(content.awaitLength(MINUTE)).isEmpty();
            assertThat(content.isKept()).isTrue();
            origin.then(bytes(0, 150_000), bytes(150_000, LENGTH), new End());
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
            assertThat(content.isKept()).isFalse();
        }

        assertThat(listener.awaitEnd().label()).isEqualTo("passed");
        assertThat(isLeft()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 65_535, 131_072, 150_000, 299_999})
    void aStoreThatFailsAtAnyByteCostsOnlyTheCache(long at) throws Exception {
        store.failAppendsAfter(at).keepPartials(1);

        try (OpenedContent first = openContent(); OpenedContent second = openContent()) {
            origin.thenAll(CONTENT);
            assertThat(Reading.toEnd(first)).isEqualTo(CONTENT);
            assertThat(Reading.toEnd(second)).isEqualTo(CONTENT);
        }

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Passed.class);
        assertThat(isStored(DIGEST)).isFalse();
        assertThat(isLeft()).isEqualTo(at);
    }

    @Test
    void aStoreThatDoesNotBeginCostsOnlyTheCacheAndHeals() throws Exception {
        store.failBegins(true);
        origin.thenAll(CONTENT);
        try (OpenedContent content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Passed.class);

        store.failBegins(false);
        origin.thenAll(CONTENT);
        try (OpenedContent content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Complete.class);
        assertThat(isStored(DIGEST)).isTrue();
    }

    @Test
    void readersDoNotWaitForTheCommitAndOneThatFailsCostsOnlyTheCache() throws Exception {
        store.failCommits(true).keepPartials(1);
        origin.thenAll(CONTENT);
        try (OpenedContent content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Passed.class);
        assertThat(isStored(DIGEST)).isFalse();
        assertThat(isLeft()).isEqualTo(LENGTH);

        store.failCommits(false);
        try (OpenedContent content = Reading.content(cache.open(DIGEST, OptionalLong.of(LENGTH), origin))) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Complete.class);
        assertThat(origin.opens()).isEqualTo(1);
    }

    @Test
    void readersNeverCompleteABodyThatIsWrong() throws Exception {
        store.failAppendsAfter(1000).keepPartials(1);
        origin.then(head(LENGTH), new Bytes(BlobStoreKit.bytes(8, LENGTH)));

        try (OpenedContent content = openContent()) {
            Reading.awaitReadable(content, LENGTH - 2);
            assertThat(Reading.available(content, 0)).hasSize(LENGTH - 1);
            origin.then(new End());
            assertThat(failure(content).end()).isInstanceOf(FillOutcome.DigestMismatch.class);
        }

        listener.awaitEnd();
        assertThat(isLeft()).isZero();
    }

    @Test
    void ofAnUnknownLengthTheLastReadIsWithheld() throws Exception {
        store.failBegins(true);
        origin.then(headWithoutLength(), bytes(0, 100_000), bytes(100_000, 150_000));

        try (OpenedContent content = openContent()) {
            Reading.awaitReadable(content, 99_999);
            origin.awaitAsked(4);
            assertThat(Reading.available(content, 0)).isEqualTo(Arrays.copyOf(CONTENT, 100_000));
            origin.then(bytes(150_000, LENGTH), new End());
            Reading.awaitReadable(content, LENGTH - 1);
            assertThat(Reading.available(content, 100_000)).isEqualTo(Arrays.copyOfRange(CONTENT, 100_000, LENGTH));
        }
    }

    @Test
    void anOriginThatFailsCutsTheReadersOff() throws Exception {
        store.failBegins(true);
        origin.then(head(LENGTH), bytes(0, 1000), new Refuse("reset"));

        try (OpenedContent content = openContent()) {
            assertThat(failure(content).end()).isInstanceOf(FillOutcome.OriginFailed.class);
        }

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.OriginFailed.class);
    }

    @Test
    void withNoReaderLeftTheFillEnds() throws Exception {
        store.failBegins(true);
        origin.then(head(LENGTH), bytes(0, 1000));
        OpenedContent content = openContent();
        Reading.awaitReadable(content, 999);

        content.close();
        origin.then(bytes(1000, 2000));

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Abandoned.class);
        assertThat(cache.fills()).isZero();
    }

    @Test
    void aBlobOfNoBytesIsServedWithoutAStore() throws Exception {
        store.failCalls(true);
        byte[] empty = {};
        origin.thenAll(empty);

        try (OpenedContent content = Reading.content(open(Digest.sha256(empty)))) {
            assertThat(content.awaitLength(MINUTE)).hasValue(0);
            assertThat(Reading.toEnd(content)).isEmpty();
        }

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Passed.class);
        store.failCalls(false);
    }

    private long isLeft() throws Exception {
        while (store.openWriters() > 0) {
            Thread.onSpinWait();
        }
        try (BlobWriter next = store.begin(DIGEST, OptionalLong.empty())) {
            return next.length();
        }
    }

    private static ContentException failure(Content reader) {
        return catchThrowableOfType(ContentException.class, () -> Reading.toEnd(reader));
    }
}
