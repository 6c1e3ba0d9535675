package dev.freshet.cache.flight;

import dev.freshet.cache.flight.Step.Break;
import dev.freshet.cache.flight.Step.Bytes;
import dev.freshet.cache.flight.Step.Die;
import dev.freshet.cache.flight.Step.End;
import dev.freshet.cache.flight.Step.Refuse;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.freshet.cache.flight.ScriptedOrigin.head;
import static dev.freshet.cache.flight.ScriptedOrigin.headWithoutLength;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Every way in which a flight fails: its readers all hear of it, nothing is stored, and the next open leads anew. */
class FlightEndsTest extends FlightKit {

    private static final byte[] OTHER = BlobStoreKit.bytes(8, CONTENT.length);

    static Stream<Arguments> failures() {
        int length = CONTENT.length;
        Step all = bytes(0, length);
        Step some = bytes(0, 1000);
        return Stream.of(failure("origin-failed", new Refuse("404")),
                failure("origin-failed", head(length), new Refuse("reset")),
                failure("origin-failed", head(length), some, new Refuse("reset")),
                failure("origin-failed", headWithoutLength(), some, new Refuse("reset")),
                failure("origin-failed", head(length), all, new Refuse("reset behind the last byte")),
                failure("digest-mismatch", head(length), new Bytes(OTHER), new End()),
                failure("digest-mismatch", headWithoutLength(), new Bytes(OTHER), new End()),
                failure("digest-mismatch", headWithoutLength(), some, new End()),
                failure("digest-mismatch", head(0), new End()),
                failure("digest-mismatch", headWithoutLength(), new End()),
                failure("length-mismatch", head(length), some, new End()),
                failure("length-mismatch", head(length - 1), all),
                failure("length-mismatch", head(0), some),
                failure("length-mismatch", head(Long.MAX_VALUE), all, new End()),
                failure("broken", new Break(new IllegalStateException("a defect"))),
                failure("broken", head(length), some, new Break(new IllegalStateException("a defect"))),
                failure("broken", head(length), some, new Die(new StackOverflowError("a worse defect"))),
                failure("broken", new Die(new StackOverflowError("a worse defect"))));
    }

    private static Arguments failure(String end, Step... steps) {
        return Arguments.of(end, List.of(steps));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void allReadersFailNothingIsStoredAndTheNextOpenLeadsAnew(String end, List<Step> steps) throws Exception {
        try (Content leader = openContent(); Content joiner = openContent()) {
            origin.then(steps.toArray(Step[]::new));

            for (Content reader : List.of(leader, joiner)) {
                ContentException failure = catchThrowableOfType(ContentException.class, () -> Reading.toEnd(reader));
                assertThat(failure.end()).isNotNull().extracting(FlightEnd::label).isEqualTo(end);
            }
        }
        assertThat(listener.awaitEnd().label()).isEqualTo(end);
        assertThat(isStored(DIGEST)).isFalse();
        assertThat(cache.flights()).isZero();

        Lookup next = open();
        origin.thenAll(CONTENT);
        assertThat(next).isInstanceOf(Lookup.Leading.class);
        try (Content healed = Reading.content(next)) {
            assertThat(Reading.toEnd(healed)).isEqualTo(CONTENT);
        }
    }

    @Test
    void readersNeverGetTheLastByteOfABodyThatIsWrong() throws Exception {
        origin.then(head(CONTENT.length), new Bytes(OTHER));
        try (Content reader = openContent()) {
            Reading.awaitReadable(reader, CONTENT.length - 2);

            byte[] available = Reading.available(reader, 0);
            origin.then(new End());
            listener.awaitEnd();

            assertThat(available).hasSize(CONTENT.length - 1);
            assertThat(catchThrowableOfType(ContentException.class, () -> Reading.toEnd(reader))).isNotNull();
        }
    }

    @Test
    void theListenerHearsWhatWasReceived() throws Exception {
        origin.then(head(CONTENT.length), bytes(0, 1000), new Refuse("reset"));

        openContent().close();

        assertThat(listener.awaitEnd()).isInstanceOf(FlightEnd.OriginFailed.class);
        assertThat(listener.lastBytes()).isEqualTo(1000);
    }

    @Test
    void messagesNameWhatWasAskedForAndWhatCame() throws Exception {
        origin.then(head(CONTENT.length), new Bytes(OTHER), new End());
        openContent().close();

        FlightEnd end = listener.awaitEnd();

        assertThat(end).isEqualTo(new FlightEnd.DigestMismatch(DIGEST, Digest.sha256(OTHER)));
        assertThat(end.message()).contains(DIGEST.toString(), Digest.sha256(OTHER).toString(), "nothing was stored");
    }
}
