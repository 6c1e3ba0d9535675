package dev.freshet.proxy.upstream.guard;

import dev.freshet.proxy.upstream.guard.Admission.Held;
import dev.freshet.proxy.upstream.guard.CircuitState.Closed;
import dev.freshet.proxy.upstream.guard.CircuitState.HalfOpen;
import dev.freshet.proxy.upstream.guard.CircuitState.Open;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the requests to one server. It lets all through until five in a row have failed; then none but one probe
 * after each wait ({@link Backoff}), until something is answered. A request that may be the only one that fails counts once
 * a second, and lets others be the probe first. What fails while a probe is on its way, and was begun before, tells nothing
 * new. Safe for use by several threads, none of which waits in here.
 */
public final class Circuit {

    /** How long to wait for what comes of a probe that is on its way, at least half of it. */
    private static final Backoff ON_ITS_WAY = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1));

    /** What is asked may need its time, and says nothing of other requests: after so long another is a probe beside it. */
    private static final Duration LONGEST_PROBE = Duration.ofSeconds(7);

    private final InstantSource clock;
    private final LongSupplier ticker;
    private final DoubleSupplier random;
    private final Consumer<Health> changes;
    private final ReentrantLock lock = new ReentrantLock();

    private CircuitState state = CircuitState.CLOSED;
    private Instant since;
    private @Nullable Pass probe;
    private long probedNanos;
    private @Nullable Trouble lastFailure;
    private @Nullable Instant lastSuccess;

    /**
     * Closed.
     *
     * @param ticker nanoseconds since some fixed moment
     * @param random from 0 (inclusive) to 1 (exclusive)
     * @param changes hears of each opening and each closing, on the thread that has found out; short, and does not throw
     */
    public Circuit(InstantSource clock, LongSupplier ticker, DoubleSupplier random, Consumer<Health> changes) {
        this.clock = clock;
        this.ticker = ticker;
        this.random = random;
        this.changes = changes;
        this.since = clock.instant();
    }

    /**
     * Asks whether a request may be made now.
     *
     * @param path what tells it from other requests to this server
     */
    public Admission enter(String path) {
        lock.lock();
        try {
            return switch (state) {
                case Closed closed -> new Pass(this);
                case HalfOpen halfOpen when ticker.getAsLong() - probedNanos >= LONGEST_PROBE.toNanos() -> probe();
                case HalfOpen halfOpen ->
                    new Held(halfOpen.last(), Duration.ofNanos(ON_ITS_WAY.nanos(0, random.getAsDouble())));
                case Open open -> {
                    Duration wait = open.wait(path, ticker.getAsLong());
                    if (!wait.isZero()) {
                        yield new Held(open.last(), wait);
                    }
                    become(open.probed());
                    yield probe();
                }
            };
        } finally {
            lock.unlock();
        }
    }

    private Pass probe() {
        Pass call = new Pass(this);
        probe = call;
        probedNanos = ticker.getAsLong();
        return call;
    }

    /** How it is now. */
    public Health health() {
        lock.lock();
        try {
            Instant now = clock.instant();
            return switch (state) {
                case Closed closed -> health(Health.State.CLOSED, Optional.empty());
                case HalfOpen halfOpen -> health(Health.State.HALF_OPEN, Optional.empty());
                case Open open -> health(Health.State.OPEN,
                        Optional.of(now.plusNanos(Math.max(0, open.dueNanos() - ticker.getAsLong()))));
            };
        } finally {
            lock.unlock();
        }
    }

    private Health health(Health.State word, Optional<Instant> nextProbe) {
        return new Health(word, since, Optional.ofNullable(lastFailure).map(Trouble::words),
                Optional.ofNullable(lastSuccess), nextProbe);
    }

    private void become(CircuitState next) {
        if (next.getClass() != state.getClass()) {
            since = clock.instant();
        }
        state = next;
    }

    void answered() {
        boolean wasOpen;
        lock.lock();
        try {
            wasOpen = !(state instanceof Closed);
            probe = null;
            lastSuccess = clock.instant();
            become(CircuitState.CLOSED);
        } finally {
            lock.unlock();
        }
        if (wasOpen) {
            changes.accept(health());
        }
    }

    void failed(Pass call, Trouble trouble) {
        boolean opened = false;
        lock.lock();
        try {
            long now = ticker.getAsLong();
            switch (state) {
                case Closed closed -> {
                    lastFailure = trouble;
                    become(closed.failed(trouble, now, Backoff.USUAL, random.getAsDouble()));
                    opened = state instanceof Open;
                }
                case HalfOpen halfOpen when call.equals(probe) -> {
                    lastFailure = trouble;
                    probe = null;
                    become(halfOpen.failed(trouble, now, Backoff.USUAL, random.getAsDouble()));
                }
                case HalfOpen begunBefore -> lastFailure = trouble;
                case Open begunBefore -> lastFailure = trouble;
            }
        } finally {
            lock.unlock();
        }
        if (opened) {
            changes.accept(health());
        }
    }

    void withdrawn(Pass call) {
        lock.lock();
        try {
            if (call.equals(probe) && state instanceof HalfOpen halfOpen) {
                probe = null;
                become(halfOpen.withdrawn(ticker.getAsLong()));
            }
        } finally {
            lock.unlock();
        }
    }
}
