package dev.freshet.cache.rocks;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is held is not freed, and what is doomed is freed once, by the last to let go. */
class ReferenceCountsTest {

    private static final DeletedBlob SEVEN = new DeletedBlob(Family.SEGMENTS, 7, 100);

    private final List<DeletedBlob> free = new ArrayList<>();
    private final ReferenceCounts holds = new ReferenceCounts(free::add);

    @Test
    void whatNobodyHoldsIsForTheCallerToFree() {
        assertThat(holds.doom(SEVEN)).isTrue();
        assertThat(free).isEmpty();
    }

    @Test
    void whatIsHeldIsFreedByTheLastHolder() {
        holds.hold(7);
        holds.hold(7);

        assertThat(holds.doom(SEVEN)).isFalse();
        holds.release(7);
        assertThat(free).isEmpty();
        assertThat(holds.isHeld(7)).isTrue();
        holds.release(7);

        assertThat(free).containsExactly(SEVEN);
        assertThat(holds.isHeld(7)).isFalse();
    }

    @Test
    void whoeverHoldsDoomedContentDelaysIt() {
        holds.hold(7);
        assertThat(holds.doom(SEVEN)).isFalse();
        holds.hold(7);

        holds.release(7);
        assertThat(free).isEmpty();
        holds.release(7);

        assertThat(free).containsExactly(SEVEN);
    }

    @Test
    void whatIsNotDoomedIsOnlyLetGo() {
        holds.hold(7);
        holds.hold(8);

        holds.release(7);

        assertThat(free).isEmpty();
        assertThat(holds.isHeld(8)).isTrue();
    }
}
