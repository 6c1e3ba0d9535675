package dev.freshet.cache.rocks.db;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The gate lets calls end before handles close. */
class GateTest {

    private final Gate gate = new Gate();

    @Test
    void anOpenGateLetsEverybodyIn() {
        assertThat(gate.enter()).isTrue();
        assertThat(gate.enter()).isTrue();
        assertThat(gate.isShut()).isFalse();
    }

    @Test
    void aShutGateLetsNobodyIn() {
        gate.enter();
        gate.leave();

        gate.shut(() -> {});
        gate.shut(() -> {});

        assertThat(gate.isShut()).isTrue();
        assertThat(gate.enter()).isFalse();
        assertThat(gate.enter()).isFalse();
    }

    @Test
    void shuttingWaitsForWhoeverIsInside() throws Exception {
        gate.enter();
        gate.enter();
        gate.leave();

        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<?> shutting = other.submit(() -> gate.shut(() -> {}));
            while (!gate.isShut()) {
                Thread.onSpinWait();
            }
            assertThat(gate.enter()).isFalse();
            assertThat(shutting.isDone()).isFalse();

            gate.leave();

            shutting.get();
        }
    }
}
