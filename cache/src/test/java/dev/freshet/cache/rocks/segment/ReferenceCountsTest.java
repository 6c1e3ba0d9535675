package dev.freshet.cache.rocks.segment;

import dev.freshet.cache.rocks.db.Family;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is held is not freed, and what is doomed is freed once, by the last to let go. */
class ReferenceCountsTest {

    private static final DeletedBlob SEVEN = new DeletedBlob(Family.SEGMENTS, 7, 100);

    private final List<DeletedBlob> free = new ArrayList<>();
    private final ReferenceCounts references = new ReferenceCounts(free::add);

    @Test
    void whatNobodyHoldsIsForTheCallerToFree() {
        assertThat(references.markDeleted(SEVEN)).isTrue();
        assertThat(free).isEmpty();
    }

    @Test
    void whatIsHeldIsFreedByTheLastHolder() {
        references.hold(7);
        references.hold(7);

        assertThat(references.markDeleted(SEVEN)).isFalse();
        references.release(7);
        assertThat(free).isEmpty();
        assertThat(references.isHeld(7)).isTrue();
        references.release(7);

        assertThat(free).containsExactly(SEVEN);
        assertThat(references.isHeld(7)).isFalse();
    }

    @Test
    void whoeverHoldsDoomedContentDelaysIt() {
        references.hold(7);
        assertThat(references.markDeleted(SEVEN)).isFalse();
        references.hold(7);

        references.release(7);
        assertThat(free).isEmpty();
        references.release(7);

        assertThat(free).containsExactly(SEVEN);
    }

    @Test
    void whatIsNotDoomedIsOnlyLetGo() {
        references.hold(7);
        references.hold(8);

        references.release(7);

        assertThat(free).isEmpty();
        assertThat(references.isHeld(8)).isTrue();
    }
}
