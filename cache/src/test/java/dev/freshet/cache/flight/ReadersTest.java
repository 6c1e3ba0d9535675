package dev.freshet.cache.flight;

import dev.freshet.cache.store.Extents;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Who holds up a flight for too long. */
class ReadersTest {

    private static final long PATIENCE = 1000;

    private final Readers readers = new Readers();
    private final FlightBoard board = new FlightBoard(PassThrough.DEFAULT, Fetching.with(1, () -> 0));

    @Test
    void theSlowestIsTheOneThatWantsTheFirstByte() {
        add(500);
        add(100);

        assertThat(readers.slowest()).isEqualTo(100);
    }

    @Test
    void whoStandsStillIsCutWhenThePatienceIsUsedUp() {
        FlightReader standing = add(0);

        assertThat(readers.cutStanding(5000, 1 << 20, PATIENCE)).isEqualTo(PATIENCE);
        assertThat(readers.cutStanding(5900, 1 << 20, PATIENCE)).isEqualTo(100);
        assertThat(standing.isCut()).isFalse();
        assertThat(readers.cutStanding(6000, 1 << 20, PATIENCE)).isZero();

        assertThat(standing.isCut()).isTrue();
        assertThat(readers.isEmpty()).isTrue();
    }

    @Test
    void whoComesFurtherAtAFairPaceIsNotCut() {
        FlightReader slow = add(0);

        for (int i = 1; i <= 20; i++) {
            slow.moveTo((long) i * FlightReader.FAIR_PROGRESS);
            assertThat(readers.cutStanding(i * 999L, Long.MAX_VALUE, PATIENCE)).isPositive();
        }

        assertThat(slow.isCut()).isFalse();
    }

    @Test
    void whoComesFurtherByNextToNothingIsCut() {
        FlightReader trickling = add(0);

        for (int i = 0; i <= 10; i++) {
            trickling.moveTo(i);
            readers.cutStanding(i * 100L, Long.MAX_VALUE, PATIENCE);
        }

        assertThat(trickling.isCut()).isTrue();
    }

    @Test
    void whoHasReadAllThereIsWaitsAsLongAsItTakes() {
        FlightReader atTheFront = add(100);
        FlightReader standing = add(50);

        readers.cutStanding(0, 100, PATIENCE);
        readers.cutStanding(PATIENCE, 100, PATIENCE);

        assertThat(atTheFront.isCut()).isFalse();
        assertThat(standing.isCut()).isTrue();
        assertThat(readers.count()).isEqualTo(1);
    }

    @Test
    void whoIsCutWhileItWaitsIsWoken() {
        FlightReader waiting = add(50);
        Runnable task = () -> {};
        readers.await(waiting, 50, task);
        readers.cutStanding(0, Long.MAX_VALUE, PATIENCE);

        assertThat(readers.takeReady(50, new Extents(), false)).isEmpty();
        readers.cutStanding(PATIENCE, Long.MAX_VALUE, PATIENCE);

        assertThat(readers.takeReady(50, new Extents(), false)).containsExactly(task);
    }

    @Test
    void whoHasLeftIsNotWoken() {
        FlightReader waiting = add(50);
        readers.await(waiting, 50, () -> {});

        readers.remove(waiting);

        assertThat(readers.takeReady(100, new Extents(), true)).isEmpty();
    }

    @Test
    void withoutReadersNobodyHoldsAnythingUp() {
        assertThat(readers.slowest()).isEqualTo(Long.MAX_VALUE);
        assertThat(readers.cutStanding(Long.MAX_VALUE, 100, PATIENCE)).isEqualTo(PATIENCE);
    }

    private FlightReader add(long position) {
        FlightReader reader = new FlightReader(board, true, OptionalLong.empty(), () -> Source.ORIGIN);
        reader.moveTo(position);
        readers.add(reader);
        return reader;
    }
}
