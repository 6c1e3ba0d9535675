package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Step.Bytes;
import dev.freshet.cache.fill.Step.End;
import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static dev.freshet.cache.fill.ScriptedOrigin.headWithoutLength;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What readers may have before the digest is verified: everything but the last bytes. */
class WithholdingTest extends FillKit {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final byte[] TEN = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    private static final Digest TEN_DIGEST = Digest.sha256(TEN);
    private static final Digest EMPTY_DIGEST = Digest.sha256(new byte[0]);

    @Test
    void ofAKnownLengthTheLastByteIsWithheldUntilTheEnd() throws Exception {
        origin.then(head(10), new Bytes(new byte[]{0, 1, 2, 3}));
        try (OpenedContent content = Reading.content(open(TEN_DIGEST))) {
            origin.awaitAsked(3);
            assertThat(Reading.available(content, 0)).containsExactly(0, 1, 2, 3);

            origin.then(new Bytes(new byte[]{4, 5, 6, 7, 8, 9}));
            origin.awaitAsked(1);
            assertThat(Reading.available(content, 0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
            assertThat(content.read(9, ByteBuffer.allocate(10))).isZero();

            origin.then(new End());
            assertThat(Reading.toEnd(content)).isEqualTo(TEN);
            assertThat(content.read(10, ByteBuffer.allocate(10))).isEqualTo(-1);
        }
    }

    @Test
    void ofAnUnknownLengthTheLastReadIsWithheldUntilTheEnd() throws Exception {
        origin.then(headWithoutLength(), new Bytes(new byte[]{0, 1, 2, 3}));
        try (OpenedContent content = Reading.content(open(TEN_DIGEST))) {
            origin.awaitAsked(3);
            assertThat(Reading.available(content, 0)).isEmpty();

            origin.then(new Bytes(new byte[]{4, 5, 6, 7, 8, 9}));
            origin.awaitAsked(1);
            assertThat(Reading.available(content, 0)).containsExactly(0, 1, 2, 3);

            origin.then(new End());
            assertThat(Reading.toEnd(content)).isEqualTo(TEN);
        }
    }

    @Test
    void theLengthIsToldAsSoonAsTheHeadIsThere() throws Exception {
        origin.then(head(10));
        try (OpenedContent content = Reading.content(open(TEN_DIGEST))) {
            assertThat(content.awaitLength(MINUTE)).hasValue(10);

            origin.then(new Bytes(TEN), new End());
            Reading.toEnd(content);
        }
    }

    @Test
    void anUnknownLengthIsToldAsUnknownAtOnceAndKnownAtTheEnd() throws Exception {
        origin.then(headWithoutLength());
        try (OpenedContent content = Reading.content(open(TEN_DIGEST))) {
            assertThat(content.awaitLength(MINUTE)).isEmpty();

            origin.then(new Bytes(TEN), new End());
            Reading.toEnd(content);
            assertThat(content.awaitLength(MINUTE)).hasValue(10);
        }
    }

    @Test
    void aGenuineEmptyBlobIsServed() throws Exception {
        origin.then(head(0), new End());
        try (OpenedContent content = Reading.content(open(EMPTY_DIGEST))) {
            assertThat(content.awaitLength(MINUTE)).hasValue(0);
            assertThat(Reading.toEnd(content)).isEmpty();
        }
        listener.awaitEnd();
        assertThat(isStored(EMPTY_DIGEST)).isTrue();
    }

    @Test
    void aGenuineEmptyBlobOfUnknownLengthIsServed() throws Exception {
        origin.then(headWithoutLength(), new End());
        try (OpenedContent content = Reading.content(open(EMPTY_DIGEST))) {
            assertThat(Reading.toEnd(content)).isEmpty();
        }
        listener.awaitEnd();
        assertThat(isStored(EMPTY_DIGEST)).isTrue();
    }

    @Test
    void anEmptyBodyUnderAnotherDigestIsNeverToldAsALength() throws Exception {
        origin.then(head(0), new End());
        try (OpenedContent content = Reading.content(open(TEN_DIGEST))) {
            assertThatThrownBy(() -> content.awaitLength(MINUTE)).isInstanceOf(ContentException.class)
                    .hasMessageContaining("sent " + EMPTY_DIGEST + " instead");
        }
        listener.awaitEnd();
        assertThat(isStored(TEN_DIGEST)).isFalse();
    }

    @Test
    void aOneByteBlobIsWithheldWhole() throws Exception {
        byte[] one = {42};
        origin.then(head(1), new Bytes(one));
        try (OpenedContent content = Reading.content(open(Digest.sha256(one)))) {
            origin.awaitAsked(3);
            assertThat(content.awaitLength(MINUTE)).hasValue(1);
            assertThat(Reading.available(content, 0)).isEmpty();

            origin.then(new End());
            assertThat(Reading.toEnd(content)).containsExactly(42);
        }
    }

    @Test
    void anOriginThatStatesNoLengthIsTakenAtTheManifestsWord() throws Exception {
        origin.then(headWithoutLength(), new Bytes(TEN));
        try (OpenedContent content = Reading.content(cache.open(TEN_DIGEST, OptionalLong.of(10), origin))) {
            origin.awaitAsked(3);
            assertThat(content.awaitLength(MINUTE)).hasValue(10);
            assertThat(Reading.available(content, 0)).hasSize(9);

            origin.then(new End());
            assertThat(Reading.toEnd(content)).isEqualTo(TEN);
        }
    }

    @Test
    void anOriginThatStatesAnotherLengthThanTheManifestIsRefusedBeforeItsFirstByte() throws Exception {
        origin.then(head(11));
        try (OpenedContent content = Reading.content(cache.open(TEN_DIGEST, OptionalLong.of(10), origin))) {
            assertThatThrownBy(() -> content.awaitLength(MINUTE)).isInstanceOf(ContentException.class)
                    .hasMessageContaining("10 bytes were announced or are the most that is taken, and 11 came");
        }
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.TooLarge.class);
    }

    @Test
    void aReadIsBoundedByTheBufferAndLeavesItsLimitAlone() throws Exception {
        origin.then(head(10), new Bytes(new byte[]{0, 1, 2, 3}));
        try (OpenedContent content = Reading.content(open(TEN_DIGEST))) {
            origin.awaitAsked(3);
            ByteBuffer buffer = ByteBuffer.allocate(16).position(2).limit(5);

            assertThat(content.read(1, buffer)).isEqualTo(3);

            assertThat(buffer.limit()).isEqualTo(5);
            assertThat(buffer.array()).startsWith(0, 0, 1, 2, 3, 0);
            assertThat(content.read(0, ByteBuffer.allocate(0))).isZero();
            origin.then(new Bytes(new byte[]{4, 5, 6, 7, 8, 9}), new End());
            Reading.toEnd(content);
        }
    }
}
