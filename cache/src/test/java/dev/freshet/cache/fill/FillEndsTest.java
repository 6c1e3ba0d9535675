package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Step.Break;
import dev.freshet.cache.fill.Step.Bytes;
import dev.freshet.cache.fill.Step.Die;
import dev.freshet.cache.fill.Step.End;
import dev.freshet.cache.fill.Step.Refuse;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static dev.freshet.cache.fill.ScriptedOrigin.headWithoutLength;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Every way in which a fill fails: its readers all hear of it, nothing is stored, and the next open leads anew. */
class FillEndsTest extends FillKit {

    private static final byte[] OTHER = BlobStoreKit.bytes(8, CONTENT.length);

    static Stream<Arguments> failures() {
        int length = CONTENT.length;
        Step all = bytes(0, length);
        Step some = bytes(0, 1000);
        return Stream.of(failure("refused-not-found", new Refuse(FailureReason.NOT_FOUND, "404")),
                failure("refused-unauthorized", new Refuse(FailureReason.UNAUTHORIZED, "401")),
                failure("refused-forbidden", new Refuse(FailureReason.FORBIDDEN, "403")),
                failure("refused-rate-limited", new Refuse(FailureReason.RATE_LIMITED, "429")),
                failure("refused-server-error", new Refuse(FailureReason.SERVER_ERROR, "503")),
                failure("refused-against-rules", new Refuse(FailureReason.AGAINST_RULES, "a private address")),
                failure("refused-bad-answer", new Refuse(FailureReason.BAD_ANSWER, "a web page")),
                failure("refused-rate-limited", head(length), some, new Refuse(FailureReason.RATE_LIMITED, "429")),
                failure("stalled", new Refuse(FailureReason.STALLED, "silent")),
                failure("stalled", head(length), some, new Refuse(FailureReason.STALLED, "silent")),
                failure("unreachable", head(length), new Refuse("reset")),
                failure("unreachable", head(length), some, new Refuse("reset")),
                failure("unreachable", headWithoutLength(), some, new Refuse("reset")),
                failure("unreachable", head(length), all, new Refuse("reset behind the last byte")),
                failure("digest-mismatch", head(length), new Bytes(OTHER), new End()),
                failure("digest-mismatch", headWithoutLength(), new Bytes(OTHER), new End()),
                failure("digest-mismatch", headWithoutLength(), some, new End()),
                failure("digest-mismatch", head(0), new End()),
                failure("digest-mismatch", headWithoutLength(), new End()),
                failure("too-short", head(length), some, new End()),
                failure("too-large", head(length - 1), all),
                failure("too-large", head(0), some),
                failure("too-short", head(length + 1), all, new End()),
                failure("too-large", head(Long.MAX_VALUE)),
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
        try (OpenedContent leader = openContent(); OpenedContent joiner = openContent()) {
            origin.then(steps.toArray(Step[]::new));

            for (OpenedContent reader : List.of(leader, joiner)) {
                ContentException failure = catchThrowableOfType(ContentException.class, () -> Reading.toEnd(reader));
                assertThat(failure.end()).isNotNull().extracting(FillOutcome::label).isEqualTo(end);
            }
        }
        assertThat(listener.awaitEnd().label()).isEqualTo(end);
        assertThat(isStored(DIGEST)).isFalse();
        assertThat(cache.fills()).isZero();

        Lookup next = open();
        origin.thenAll(CONTENT);
        assertThat(next).isInstanceOf(Lookup.Started.class);
        try (OpenedContent healed = Reading.content(next)) {
            assertThat(Reading.toEnd(healed)).isEqualTo(CONTENT);
        }
    }

    @Test
    void readersNeverGetTheLastByteOfABodyThatIsWrong() throws Exception {
        origin.then(head(CONTENT.length), new Bytes(OTHER));
        try (OpenedContent reader = openContent()) {
            Reading.awaitReadable(reader, CONTENT.length - 2);

            byte[] available = Reading.available(reader, 0);
            origin.then(new End());
            listener.awaitEnd();

            assertThat(available).hasSize(CONTENT.length - 1);
            assertThat(catchThrowableOfType(ContentException.class, () -> Reading.toEnd(reader))).isNotNull();
        }
    }

    @Test
    void ofABlobThatIsLargerThanAnyMayBeNothingMoreIsTaken() throws Exception {
        long most = CONTENT.length - 1L;
        Fetching fetching = new Fetching(1, 1, 0, most, Duration.ZERO, Duration.ZERO, Duration.ofDays(1), () -> 0);
        try (ContentCache bounded = new ContentCache(store, threads, threads, Runnable::run, fetching, listener)) {
            origin.then(headWithoutLength(), bytes(0, 1000), bytes(1000, CONTENT.length));
            Reading.content(bounded.open(DIGEST, OptionalLong.empty(), origin)).close();
            assertThat(listener.awaitEnd()).isEqualTo(new FillOutcome.TooLarge(DIGEST, most, CONTENT.length));

            origin.then(head(CONTENT.length));
            Reading.content(bounded.open(DIGEST, OptionalLong.of(CONTENT.length), origin)).close();
            assertThat(listener.awaitEnd()).isEqualTo(new FillOutcome.TooLarge(DIGEST, most, CONTENT.length));
        }
        assertThat(isStored(DIGEST)).isFalse();
    }

    /** Fault case C-06: none of those who wait is let go before the others have been. */
    @ParameterizedTest
    @EnumSource(FailureReason.class)
    void whatTheOriginSaysReachesAllWhoWaitAtOnce(FailureReason refusal) throws Exception {
        int readers = 16;
        CyclicBarrier released = new CyclicBarrier(readers);
        List<Future<FillOutcome>> ends = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            OpenedContent content = openContent();
            ends.add(threads.submit(() -> {
                try (content) {
                    ContentException failure = catchThrowableOfType(ContentException.class,
                            () -> content.awaitLength(Duration.ofMinutes(1)));
                    released.await(1, TimeUnit.MINUTES);
                    return failure.end();
                }
            }));
        }
        origin.awaitAsked(1);
        origin.then(new Refuse(refusal, "no"));

        for (Future<FillOutcome> end : ends) {
            assertThat(end.get()).isEqualTo(listener.ends().getFirst());
        }
        assertThat(listener.awaitEnd()).isInstanceOfSatisfying(FillOutcome.OriginFailed.class,
                end -> assertThat(end.reason()).isEqualTo(refusal));
        assertThat(origin.opens()).isEqualTo(1);
    }

    @Test
    void everyReasonIsOfOneEndAndHasItsWord() {
        Set<FailureReason> reasons = EnumSet.allOf(FailureReason.class);
        for (FillOutcome.Failed end : List.of(new FillOutcome.DigestMismatch(DIGEST, DIGEST),
                new FillOutcome.TooShort(DIGEST, 2, 1), new FillOutcome.TooLarge(DIGEST, 1, 2),
                new FillOutcome.TookTooLong(DIGEST, Duration.ofHours(1)), new FillOutcome.Abandoned("it is not stored"),
                new FillOutcome.Aborted(), new FillOutcome.Broken(new IllegalStateException("a defect")))) {
            assertThat(reasons.remove(end.reason())).as("%s has a reason of its own", end).isTrue();
        }

        assertThat(reasons).as("reasons of origins").allMatch(reason -> reason.fault() == FailureReason.Fault.ORIGIN)
                .allMatch(reason -> new FillOutcome.OriginFailed(new OriginException(reason, "no", null))
                        .label().equals(reason.label()));
        assertThat(FailureReason.values()).extracting(FailureReason::label)
                .allMatch(label -> label.matches("[a-z]+(-[a-z]+)*"));
        assertThat(new FillOutcome.Complete(1).label()).isEqualTo("complete");
        assertThat(new FillOutcome.Passed(1, new StoreException("full")).label()).isEqualTo("passed");
    }

    @Test
    void theListenerHearsWhatWasReceived() throws Exception {
        origin.then(head(CONTENT.length), bytes(0, 1000), new Refuse("reset"));

        openContent().close();

        assertThat(listener.awaitEnd()).extracting(FillOutcome::label).isEqualTo("unreachable");
        assertThat(listener.lastBytes()).isEqualTo(1000);
    }

    @Test
    void messagesNameWhatWasAskedForAndWhatCame() throws Exception {
        origin.then(head(CONTENT.length), new Bytes(OTHER), new End());
        openContent().close();

        FillOutcome end = listener.awaitEnd();

        assertThat(end).isEqualTo(new FillOutcome.DigestMismatch(DIGEST, Digest.sha256(OTHER)));
        assertThat(end.message()).contains(DIGEST.toString(), Digest.sha256(OTHER).toString(), "nothing was stored");
    }
}
