package dev.freshet.cache.fill;

import dev.freshet.cache.store.ByteRanges;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Who holds up a fill for too long. */
class ReadersTest {

    private static final long PATIENCE = 1000;

    private final Readers readers = new Readers();
    private final FillBoard board = new FillBoard(PassThrough.DEFAULT, Fetching.with(1, () -> 0));

    @Test
    void theSlowestIsTheOneThatWantsTheFirstByte() {
        add(500);
        add(100);

        assertThat(readers.slowest()).isEqualTo(100);
    }

    @Test
    void whoStandsStillIsCutWhenThePatienceIsUsedUp() {
        FillReader standing = add(0);

        assertThat(readers.cutStanding(5000, 1 << 20, PATIENCE)).isEqualTo(PATIENCE);
        assertThat(readers.cutStanding(5900, 1 << 20, PATIENCE)).isEqualTo(100);
        assertThat(standing.isCut()).isFalse();
        assertThat(readers.cutStanding(6000, 1 << 20, PATIENCE)).isZero();

        assertThat(standing.isCut()).isTrue();
        assertThat(readers.isEmpty()).isTrue();
    }

    @Test
    void whoComesFurtherAtAFairPaceIsNotCut() {
        FillReader slow = add(0);

        for (int i = 1; i <= 20; i++) {
            slow.moveTo((long) i * FillReader.FAIR_PROGRESS);
            assertThat(readers.cutStanding(i * 999L, Long.MAX_VALUE, PATIENCE)).isPositive();
        }

        assertThat(slow.isCut()).isFalse();
    }

    @Test
    void whoComesFurtherByNextToNothingIsCut() {
        FillReader trickling = add(0);

        for (int i = 0; i <= 10; i++) {
            trickling.moveTo(i);
            readers.cutStanding(i * 100L, Long.MAX_VALUE, PATIENCE);
        }

        assertThat(trickling.isCut()).isTrue();
    }

    @Test
    void whoHasReadAllThereIsWaitsAsLongAsItTakes() {
        FillReader atTheFront = add(100);
        FillReader standing = add(50);

        readers.cutStanding(0, 100, PATIENCE);
        readers.cutStanding(PATIENCE, 100, PATIENCE);

        assertThat(atTheFront.isCut()).isFalse();
        assertThat(standing.isCut()).isTrue();
        assertThat(readers.count()).isEqualTo(1);
    }

    @Test
    void whoIsCutWhileItWaitsIsWoken() {
        FillReader waiting = add(50);
        Runnable task = () -> {};
        readers.await(waiting, 50, task);
        readers.cutStanding(0, Long.MAX_VALUE, PATIENCE);

        assertThat(readers.takeReady(50, new ByteRanges(), false)).isEmpty();
        readers.cutStanding(PATIENCE, Long.MAX_VALUE, PATIENCE);

        assertThat(readers.takeReady(50, new ByteRanges(), false)).containsExactly(task);
    }

    @Test
    void whoHasLeftIsNotWoken() {
        FillReader waiting = add(50);
        readers.await(waiting, 50, () -> {});

        readers.remove(waiting);

        assertThat(readers.takeReady(100, new ByteRanges(), true)).isEmpty();
    }

    @Test
    void withoutReadersNobodyHoldsAnythingUp() {
        assertThat(readers.slowest()).isEqualTo(Long.MAX_VALUE);
        assertThat(readers.cutStanding(Long.MAX_VALUE, 100, PATIENCE)).isEqualTo(PATIENCE);
    }

    private FillReader add(long position) {
        FillReader reader = new FillReader(board, true, OptionalLong.empty(), () -> Source.ORIGIN);
        reader.moveTo(position);
        readers.add(reader);
        return reader;
    }
}
