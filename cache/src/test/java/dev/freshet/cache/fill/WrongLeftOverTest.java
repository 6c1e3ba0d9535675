package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Step.Bytes;
import dev.freshet.cache.fill.Step.End;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.BlobWriter;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static org.assertj.core.api.Assertions.assertThat;

/** Fills that cannot go on from what an earlier one has left, as it is wrong, too much or unreadable. */
class WrongLeftOverTest extends LeftOverKit {

    @Test
    void whatIsLeftAndWrongIsDiscardedAndTheNextFillBeginsAnew() throws Exception {
        leave(BlobStoreKit.bytes(8, LENGTH), 200_000);
        origin.then(head(LENGTH), bytes(200_000, LENGTH), new End());
        try (Content content = openContent()) {
            assertThat(failure(content).end()).isInstanceOf(FillOutcome.DigestMismatch.class);
        }
        listener.awaitEnd();
        awaitNoWriter();

        origin.thenAll(CONTENT);
        try (Content healed = openContent()) {
            assertThat(Reading.toEnd(healed)).isEqualTo(CONTENT);
        }

        assertThat(origin.froms()).containsExactly(200_000L, 0L);
    }

    @Test
    void moreThanTheOriginStatesIsDiscardedAndTheFillBeginsAnew() throws Exception {
        leave(BlobStoreKit.bytes(8, 400_000), 400_000);
        origin.then(head(LENGTH)).thenAll(CONTENT);

        try (Content content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(listener.awaitEnd()).isEqualTo(new FillOutcome.Complete(LENGTH));
        assertThat(origin.froms()).containsExactly(400_000L, 0L);
    }

    @Test
    void moreThanTheManifestStatesIsDiscardedAndTheFillBeginsAnew() throws Exception {
        leave(BlobStoreKit.bytes(8, 400_000), 400_000);
        origin.thenAll(CONTENT);

        try (Content content = Reading.content(cache.open(DIGEST, OptionalLong.of(LENGTH), origin))) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(origin.froms()).containsExactly(0L);
    }

    @Test
    void ofMoreThanWasAnnouncedNothingIsLeft() throws Exception {
        leave(CONTENT, 200_000);
        origin.then(head(LENGTH), bytes(200_000, LENGTH), new Bytes(new byte[]{1}));
        try (Content content = openContent()) {
            assertThat(failure(content).end()).isInstanceOf(FillOutcome.TooLarge.class);
        }
        listener.awaitEnd();
        awaitNoWriter();

        origin.thenAll(CONTENT);
        openContent().close();

        assertThat(listener.awaitEnd()).isEqualTo(new FillOutcome.Complete(LENGTH));
        assertThat(origin.froms()).containsExactly(200_000L, 0L);
    }

    @Test
    void whatCannotBeReadAtAllIsDiscardedAndTheFillBeginsAnew() throws Exception {
        leave(CONTENT, 200_000);
        store.damage(DIGEST, 0);
        origin.then(head(LENGTH)).thenAll(CONTENT);

        try (Content content = openContent()) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(listener.awaitEnd()).isEqualTo(new FillOutcome.Complete(LENGTH));
        assertThat(origin.froms()).containsExactly(200_000L, 0L);
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void behindTheLastByteThatCanBeReadTheFillGoesOnWithoutTheStore(boolean lengthIsKnown) throws Exception {
        leave(CONTENT, LENGTH);
        store.damage(DIGEST, 150_000);
        origin.then(head(LENGTH));
        if (!lengthIsKnown) {
            origin.then(head(LENGTH));
        }
        origin.then(bytes(150_000, LENGTH), new End());
        OptionalLong expected = lengthIsKnown ? OptionalLong.of(LENGTH) : OptionalLong.empty();

        try (Content content = Reading.content(cache.open(DIGEST, expected, origin))) {
            assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
        }

        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Passed.class);
        assertThat(origin.froms()).last().isEqualTo(150_000L);
        awaitNoWriter();
        try (BlobWriter next = store.begin(DIGEST, OptionalLong.empty())) {
            assertThat(next.length()).isZero();
        }
    }

    @Test
    void aReaderOfWhatWasDamagedNeverCompletesABodyThatIsWrong() throws Exception {
        byte[] wrong = CONTENT.clone();
        wrong[1000]++;
        leave(wrong, 200_000);
        store.damage(DIGEST, 150_000);
        origin.then(head(LENGTH), head(LENGTH), bytes(150_000, LENGTH), new End());

        try (Content content = openContent()) {
            assertThat(failure(content).end()).isInstanceOf(FillOutcome.DigestMismatch.class);
        }
    }
}
