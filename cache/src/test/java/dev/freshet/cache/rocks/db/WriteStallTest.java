package dev.freshet.cache.rocks.db;

import dev.freshet.cache.store.StoreException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Writers wait for room, not for ever, and see to it that there is some (S-07, S-08). */
class WriteStallTest {

    private int looks;
    private int looksInVain;
    private int flushes;
    private final WriteStall patience = new WriteStall(() -> looks++ >= looksInVain, () -> flushes++, Duration.ZERO);

    @Test
    void whereThereIsRoomNobodyWaits() throws Exception {
        patience.awaitRoom(() -> "append");

        assertThat(looks).isEqualTo(1);
        assertThat(flushes).isZero();
    }

    @Test
    void aWriterWaitsAndAsksForFlushesUntilThereIsRoom() throws Exception {
        looksInVain = 250;

        patience.awaitRoom(() -> "append");

        assertThat(looks).isEqualTo(251);
        assertThat(flushes).isEqualTo(2);
    }

    @Test
    void aWriterGivesUpAndTheNextOneSooner() {
        looksInVain = Integer.MAX_VALUE;
        assertThatThrownBy(() -> patience.awaitRoom(() -> "append")).isInstanceOf(StoreException.class)
                .hasMessage("append failed: the disk is full or too slow; free some space");
        int first = looks;

        assertThatThrownBy(() -> patience.awaitRoom(() -> "append")).isInstanceOf(StoreException.class);

        assertThat(looks - first).isEqualTo(101).isLessThan(first / 10);
    }

    @Test
    void patienceComesBackWithTheFirstRoom() throws Exception {
        looksInVain = 2_001;
        assertThatThrownBy(() -> patience.awaitRoom(() -> "append")).isInstanceOf(StoreException.class);
        patience.awaitRoom(() -> "append");

        looksInVain = looks + 1_000;
        patience.awaitRoom(() -> "append");

        assertThat(looks).isEqualTo(looksInVain + 1);
    }
}
