package dev.freshet.cache.fresh;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Time that no setting of the system's clock makes jump. */
class SteadyClockTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final AtomicReference<Instant> system = new AtomicReference<>(NOON);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final SteadyClock clock = new SteadyClock(system::get, nanos::get);

    @Test
    void itBeginsAsTheSystemsClockAndGoesOnWithElapsedTime() {
        assertThat(clock.instant()).isEqualTo(NOON);

        pass(Duration.ofMillis(1500));
        assertThat(clock.instant()).isEqualTo(NOON.plusMillis(1500));
        pass(Duration.ofDays(400));

        assertThat(clock.instant()).isEqualTo(system.get());
    }

    @ParameterizedTest(name = "by {0}")
    @ValueSource(strings = {"P1D", "P-1D", "PT1H", "PT-1H", "P-20000D", "P36500D"})
    @DisplayName("L-10: when the system's clock is set, no age is wrong by more than a tenth")
    void aJumpChangesNoAgeByMoreThanATenth(Duration jump) {
        clock.instant();
        set(jump);
        Instant before = clock.instant();

        for (int second = 1; second <= 100; second++) {
            pass(Duration.ofSeconds(1));
            Duration age = Duration.between(before, clock.instant());
            assertThat((double) age.toMillis()).isCloseTo(second * 1000.0, within(second * 100.0 + 1));
        }
    }

    @ParameterizedTest(name = "by {0}")
    @ValueSource(strings = {"PT1H", "PT-1H"})
    void itFollowsTheSystemsClockAndStopsThere(Duration jump) {
        set(jump);
        pass(Duration.ofSeconds(2));
        clock.instant();

        for (int minute = 0; minute < 11 * 60; minute++) {
            pass(Duration.ofMinutes(1));
            clock.instant();
        }

        assertThat(clock.instant()).isEqualTo(system.get());
    }

    @Test
    void itDoesNotOvershootWhenItWasNotReadForLong() {
        set(Duration.ofMinutes(-5));
        pass(Duration.ofSeconds(2));
        clock.instant();

        pass(Duration.ofDays(30));

        assertThat(clock.instant()).isEqualTo(system.get());
    }

    @Test
    void itNeverGoesBack() {
        Instant last = clock.instant();
        for (int step = 0; step < 1_000; step++) {
            set(Duration.ofSeconds(step % 7 - 5));
            pass(Duration.ofMillis(step % 1300));
            Instant now = clock.instant();
            assertThat(now).isAfterOrEqualTo(last);
            last = now;
        }
    }

    private void pass(Duration duration) {
        nanos.addAndGet(duration.toNanos());
        set(duration);
    }

    private void set(Duration jump) {
        system.updateAndGet(time -> time.plus(jump));
    }
}
