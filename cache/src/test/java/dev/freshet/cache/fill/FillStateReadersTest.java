package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.fill.RingBuffer.Bounds;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Which state hold up a fill for too long, and which are woken. */
class FillStateReadersTest {

    private static final long PATIENCE = 1000;
    private static final Fetching FETCHING = Fetching.with(1, () -> 0);

    private final FillState state = new FillState(FETCHING);
    private final FillMonitor monitor = new FillMonitor(Bounds.DEFAULT, FETCHING);

    @Test
    void theSlowestIsTheOneThatWantsTheFirstByte() {
        add(500);
        add(100);

        assertThat(state.slowest()).isEqualTo(100);
    }

    @Test
    void whoStandsStillIsCutWhenThePatienceIsUsedUp() {
        FillReader standing = add(0);

        assertThat(state.cutStanding(5000, 1 << 20, PATIENCE)).isEqualTo(PATIENCE);
        assertThat(state.cutStanding(5900, 1 << 20, PATIENCE)).isEqualTo(100);
        assertThat(standing.isCut()).isFalse();
        assertThat(state.cutStanding(6000, 1 << 20, PATIENCE)).isZero();

        assertThat(standing.isCut()).isTrue();
        assertThat(state.hasReaders()).isFalse();
    }

    @Test
    void whoComesFurtherAtAFairPaceIsNotCut() {
        FillReader slow = add(0);

        for (int i = 1; i <= 20; i++) {
            slow.moveTo((long) i * FillReader.FAIR_PROGRESS);
            assertThat(state.cutStanding(i * 999L, Long.MAX_VALUE, PATIENCE)).isPositive();
        }

        assertThat(slow.isCut()).isFalse();
    }

    @Test
    void whoComesFurtherByNextToNothingIsCut() {
        FillReader trickling = add(0);

        for (int i = 0; i <= 10; i++) {
            trickling.moveTo(i);
            state.cutStanding(i * 100L, Long.MAX_VALUE, PATIENCE);
        }

        assertThat(trickling.isCut()).isTrue();
    }

    @Test
    void whoHasReadAllThereIsWaitsAsLongAsItTakes() {
        FillReader atTheFront = add(100);
        FillReader standing = add(50);

        state.cutStanding(0, 100, PATIENCE);
        state.cutStanding(PATIENCE, 100, PATIENCE);

        assertThat(atTheFront.isCut()).isFalse();
        assertThat(standing.isCut()).isTrue();
        assertThat(state.readers()).isEqualTo(1);
    }

    @Test
    void whoIsCutWhileItWaitsIsWoken() {
        FillReader waiting = add(50);
        Runnable task = () -> {};
        state.await(waiting, 50, task);
        state.cutStanding(0, Long.MAX_VALUE, PATIENCE);

        assertThat(state.takeReady()).isEmpty();
        state.cutStanding(PATIENCE, Long.MAX_VALUE, PATIENCE);

        assertThat(state.takeReady()).containsExactly(task);
    }

    @Test
    void whoHasLeftIsNotWoken() {
        FillReader waiting = add(50);
        state.await(waiting, 50, () -> {});

        state.remove(waiting);

        state.end(new FillOutcome.Aborted());
        state.announce();
        assertThat(state.takeReady()).isEmpty();
    }

    @Test
    void withoutReadersThereIsNothingToWaitFor() {
        assertThat(state.slowest()).isEqualTo(Long.MAX_VALUE);
        assertThat(state.cutStanding(Long.MAX_VALUE, 100, PATIENCE)).isEqualTo(PATIENCE);
    }

    private FillReader add(long position) {
        FillReader reader = new FillReader(monitor, true, OptionalLong.empty(), () -> Source.ORIGIN);
        reader.moveTo(position);
        state.add(reader);
        return reader;
    }
}
