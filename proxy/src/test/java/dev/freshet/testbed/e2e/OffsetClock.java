package dev.freshet.testbed.e2e;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** Real time, and as much more as a test has let pass. */
final class OffsetClock implements InstantSource {

    private final AtomicLong offset = new AtomicLong();

    @Override
    public Instant instant() {
        return InstantSource.system().instant().plusMillis(offset.get());
    }

    void advance(Duration duration) {
        offset.addAndGet(duration.toMillis());
    }
}
