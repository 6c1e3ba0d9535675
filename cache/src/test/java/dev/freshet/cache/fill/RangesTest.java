package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.ByteRange;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Readers of parts of a blob that is not stored; when they have left, its fill ends, which is the fault case C-03. */
class RangesTest extends ByteRangesKit {

    private static final long MIDDLE = LENGTH / 2;

    @Test
    void onlyTheAlignedRangesThatAPartTouchesAreFetched() throws Exception {
        assertThat(read(MIDDLE, MIDDLE + 5000)).isEqualTo(content(MIDDLE, MIDDLE + 5000));

        awaitEnded();
        assertThat(origin.asked()).hasSize(1);
        assertThat(origin.sent()).isBetween(5000L, 5000L + 2 * ALIGNMENT);
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Abandoned.class);
        assertThat(store.open(DIGEST)).isEmpty();
    }

    @Test
    void theLastBytesComeWithoutThoseBeforeAndWithoutAWaitForTheDigest() throws Exception {
        assertThat(read(LENGTH - 10, LENGTH)).isEqualTo(content(LENGTH - 10, LENGTH));

        awaitEnded();
        assertThat(origin.sent()).isLessThanOrEqualTo(ALIGNMENT);
    }

    @Test
    void whatAnEarlierReaderHasHadIsThereForTheNextOne() throws Exception {
        read(MIDDLE, MIDDLE + 3 * ALIGNMENT);
        awaitEnded();
        long before = origin.sent();

        try (OpenedContent again = part(MIDDLE + 100, MIDDLE + 2 * ALIGNMENT)) {
            assertThat(again.source()).isEqualTo(Source.STORE);
            assertThat(read(again, MIDDLE + 100, MIDDLE + 2 * ALIGNMENT))
                    .isEqualTo(content(MIDDLE + 100, MIDDLE + 2 * ALIGNMENT));
        }

        awaitEnded();
        assertThat(origin.sent()).isEqualTo(before);
    }

    @Test
    void aPartThatIsThereInPartSaysSoAndTheGapAloneIsFetched() throws Exception {
        long start = 10L * ALIGNMENT;
        read(start, start + ALIGNMENT);
        awaitEnded();

        try (OpenedContent wider = part(start - ALIGNMENT, start + 2 * ALIGNMENT)) {
            assertThat(wider.source()).isEqualTo(Source.STORE_AND_ORIGIN);
            assertThat(read(wider, start - ALIGNMENT, start + 2 * ALIGNMENT))
                    .isEqualTo(content(start - ALIGNMENT, start + 2 * ALIGNMENT));
        }

        awaitEnded();
        assertThat(origin.sent()).isEqualTo(3L * ALIGNMENT);
    }

    @Test
    void whoWantsEverythingHasTheGapsFilledAndNothingTwice() throws Exception {
        read(100L * ALIGNMENT, 102L * ALIGNMENT);
        read(0, ALIGNMENT);
        awaitEnded();

        try (OpenedContent all = whole()) {
            assertThat(Reading.toEnd(all)).isEqualTo(CONTENT);
        }

        awaitEnded();
        assertThat(origin.sent()).isEqualTo(LENGTH);
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void whoWantsEverythingWhileAPartIsBroughtJoinsAndTheFillGoesOnToTheEnd() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        origin.with((wanted, position) -> {
            if (position == MIDDLE / ALIGNMENT * ALIGNMENT) {
                held.await();
            }
        });
        OpenedContent part = part(MIDDLE, MIDDLE + 100);
        OpenedContent all = whole();
        Future<byte[]> body = threads.submit(() -> Reading.toEnd(all));

        held.countDown();

        assertThat(read(part, MIDDLE, MIDDLE + 100)).isEqualTo(content(MIDDLE, MIDDLE + 100));
        assertThat(body.get()).isEqualTo(CONTENT);
        part.close();
        all.close();
        awaitEnded();
        assertThat(origin.sent()).isEqualTo(LENGTH);
        assertThat(listener.ends()).containsExactly(new FillOutcome.Complete(LENGTH));
    }

    @Test
    void aPartAtTheTailDoesNotWaitForTheHeadOfAFillOfTheWhole() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        origin.with((wanted, position) -> {
            if (position == 0) {
                held.await();
            }
        });
        try (OpenedContent all = whole()) {
            all.awaitLength(MINUTE);

            assertThat(read(LENGTH - 100, LENGTH)).isEqualTo(content(LENGTH - 100, LENGTH));

            held.countDown();
            assertThat(Reading.toEnd(all)).isEqualTo(CONTENT);
        }
        awaitEnded();
        assertThat(origin.sent()).isEqualTo(LENGTH);
    }

    @Test
    void whenMostOfItIsThereTheRestIsFetchedAndItIsStored() throws Exception {
        long most = LENGTH / 4 * 3 + 2 * TASK_BYTES;

        read(0, most);

        awaitEnded();
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
        assertThat(origin.sent()).isEqualTo(LENGTH);
    }

    @Test
    void anOpenEndIsFetchedOneTaskAheadOfItsReaderOnly() throws Exception {
        try (OpenedContent open = part(ALIGNMENT, LENGTH)) {
            read(open, ALIGNMENT, 3 * ALIGNMENT);
        }

        awaitEnded();
        assertThat(origin.sent()).isLessThanOrEqualTo(2L * TASK_BYTES);
    }

    @Test
    void manyOpenEndsThatAreClosedEarlyFetchNothingTwice() throws Exception {
        int readers = 16;
        long apart = LENGTH / readers;
        List<Future<byte[]>> bodies = java.util.stream.IntStream.range(0, readers)
                .mapToObj(i -> threads.submit(() -> {
                    try (OpenedContent open = part(i * apart, LENGTH)) {
                        return read(open, i * apart, i * apart + apart / 2);
                    }
                })).toList();

        for (int i = 0; i < readers; i++) {
            assertThat(bodies.get(i).get()).isEqualTo(content(i * apart, i * apart + apart / 2));
        }
        awaitEnded();
        assertThat(origin.sent()).isLessThanOrEqualTo(LENGTH);
        assertThat(origin.mostOpen()).isLessThanOrEqualTo(4);
    }

    @Test
    void theLengthIsLearntFromTheFirstBytesWhenNoManifestStatesIt() throws Exception {
        try (OpenedContent part = part(OptionalLong.empty(), MIDDLE, MIDDLE + 10)) {
            assertThat(read(part, MIDDLE, MIDDLE + 10)).isEqualTo(content(MIDDLE, MIDDLE + 10));
        }

        awaitEnded();
        assertThat(origin.sent()).isEqualTo(2L * ALIGNMENT);
    }

    @Test
    void anOriginThatKnowsNoRangesIsAskedForAllOfIt() throws Exception {
        origin.ignoringRanges();

        assertThat(read(MIDDLE, MIDDLE + 10)).isEqualTo(content(MIDDLE, MIDDLE + 10));

        awaitEnded();
        assertThat(BlobStoreKit.stored(store, DIGEST)).isEqualTo(CONTENT);
    }

    @Test
    void aRefusalReachesAReaderThatWaitsForARange() throws Exception {
        origin.with((wanted, position) -> {
            throw new OriginException(FailureReason.NOT_FOUND, "404", null);
        });

        try (OpenedContent part = part(MIDDLE, MIDDLE + 10)) {
            assertThatThrownBy(part::awaitAnswer).isInstanceOf(ContentException.class).hasMessageContaining("404");
        }
        assertThat(origin.asked()).hasSize(1);
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.OriginFailed.class);
    }

    @Test
    void whatHasCameBeforeAFailureIsThereForTheNextOne() throws Exception {
        origin.with((wanted, position) -> {
            if (position >= MIDDLE + 2 * ALIGNMENT) {
                throw new OriginException(FailureReason.UNREACHABLE, "reset", null);
            }
        });
        try (OpenedContent part = part(MIDDLE, MIDDLE + 10 * ALIGNMENT)) {
            assertThatThrownBy(() -> read(part, MIDDLE, MIDDLE + 10 * ALIGNMENT)).isInstanceOf(ContentException.class);
        }
        awaitEnded();
        long before = origin.sent();

        assertThat(read(MIDDLE, MIDDLE + ALIGNMENT)).isEqualTo(content(MIDDLE, MIDDLE + ALIGNMENT));

        awaitEnded();
        assertThat(origin.sent()).isEqualTo(before);
    }

    @Test
    void bytesThatTurnOutWrongAreDroppedEntirely() throws Exception {
        byte[] other = CONTENT.clone();
        other[1000]++;
        RangedOrigin wrong = new RangedOrigin(other, 1500);
        try (OpenedContent part = Reading.content(cache.open(DIGEST, OptionalLong.of(LENGTH), false, wrong))) {
            part.awaitLength(MINUTE);
            part.want(List.of(new ByteRange(0, 2000)));
            read(part, 0, 2000);
        }
        awaitEnded();

        try (OpenedContent all = whole()) {
            assertThatThrownBy(() -> Reading.toEnd(all)).isInstanceOf(ContentException.class);
        }
        awaitEnded();
        assertThat(listener.ends().getLast()).isInstanceOf(FillOutcome.DigestMismatch.class);

        assertThat(read(0, 2000)).isEqualTo(content(0, 2000));
        awaitEnded();
    }

    @Test
    void whereTheStoreTakesNothingPartsPassThroughMemory() throws Exception {
        store.failBegins(true);

        assertThat(read(MIDDLE, MIDDLE + 100_000)).isEqualTo(content(MIDDLE, MIDDLE + 100_000));

        awaitEnded();
        assertThat(origin.sent()).isLessThan(MIDDLE);
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Abandoned.class);
    }

    @Test
    void whereTheStoreFailsWithinAPartTheRestPassesThroughMemory() throws Exception {
        store.failAppendsAfter(10 * ALIGNMENT);

        assertThat(read(MIDDLE, MIDDLE + 100_000)).isEqualTo(content(MIDDLE, MIDDLE + 100_000));

        awaitEnded();
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.Abandoned.class);
    }

    @Test
    void aBlobOfAnotherLengthThanTheManifestsIsRefused() throws Exception {
        try (OpenedContent part = Reading.content(cache.open(DIGEST, OptionalLong.of(LENGTH + 1L), false, origin))) {
            part.awaitLength(MINUTE);
            part.want(List.of(new ByteRange(0, 10)));

            assertThatThrownBy(() -> read(part, 0, 10)).isInstanceOf(ContentException.class);
        }
        assertThat(listener.awaitEnd()).isInstanceOf(FillOutcome.TooShort.class);
        assertThat(Digest.sha256(CONTENT)).isEqualTo(DIGEST);
    }
}
