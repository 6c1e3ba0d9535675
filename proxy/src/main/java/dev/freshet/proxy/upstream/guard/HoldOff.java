package dev.freshet.proxy.upstream.guard;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Whether calls of one account and one kind may be made now. After a refusal none may until its time is over; then one may,
 * to find out, and the others when that one was not refused.
 *
 * <p>A refusal that names no time is followed by {@link #FIRST}, and one that follows it at once by twice as long, up to
 * {@link #LONGEST}; half of each is a matter of chance. Safe for use by several threads, none of which waits in here.
 */
final class HoldOff {

    static final Duration FIRST = Duration.ofSeconds(10);
    static final Duration LONGEST = Duration.ofMinutes(10);
    /** For those who come while another is finding out. */
    static final Duration SOON = Duration.ofSeconds(1);

    /** The one that finds out may be a call that needs its time: after so long the next to come finds out, too. */
    private static final Duration LONGEST_PROBE = Duration.ofSeconds(7);

    private static final int MOST_DOUBLINGS = 16;

    private final LongSupplier ticker;
    private final DoubleSupplier chance;
    private final ReentrantLock lock = new ReentrantLock();

    private State state = new State.Open();

    /**
     * @param ticker nanoseconds since some fixed moment
     * @param chance from 0 (inclusive) to 1 (exclusive)
     */
    HoldOff(LongSupplier ticker, DoubleSupplier chance) {
        this.ticker = ticker;
        this.chance = chance;
    }

    private sealed interface State {

        /** Everybody may call. */
        record Open() implements State {}

        /** No call until then, and after it the first to come. */
        record Shut(long untilNanos, int refusals, Refusal why) implements State {}

        /** One call is finding out; no other is let through. */
        record Probed(int refusals, Refusal why, long sinceNanos) implements State {}
    }

    /** What comes of asking for leave. */
    sealed interface Leave {

        /** As nothing is known against it. */
        record Free() implements Leave {}

        /** To find out for the others, too. */
        record Probe() implements Leave {}

        /** None. */
        record Denied(Duration left, Refusal why) implements Leave {}
    }

    /** Asks for leave to make one call. */
    Leave enter() {
        lock.lock();
        try {
            return switch (state) {
                case State.Open() -> new Leave.Free();
                case State.Shut shut when left(shut).isPositive() -> new Leave.Denied(left(shut), shut.why());
                case State.Shut(long until, int refusals, Refusal why) -> {
                    state = new State.Probed(refusals, why, ticker.getAsLong());
                    yield new Leave.Probe();
                }
                case State.Probed(int refusals, Refusal why, long since) when ticker.getAsLong()
                        - since >= LONGEST_PROBE.toNanos() -> {
                    state = new State.Probed(refusals, why, ticker.getAsLong());
                    yield new Leave.Probe();
                }
                case State.Probed probed -> new Leave.Denied(SOON, probed.why());
            };
        } finally {
            lock.unlock();
        }
    }

    /**
     * A call was refused. Of calls that were on their way together, the first begins a time without any, and the others
     * can only make it longer.
     *
     * @param stated what the registry has asked for; zero when it has not said
     * @return how long there will be no call
     */
    Duration refused(boolean wasProbe, Refusal why, Duration stated) {
        lock.lock();
        try {
            return switch (state) {
                case State.Open() -> shut(1, why, stated);
                case State.Shut shut -> {
                    Duration left = left(shut);
                    yield stated.compareTo(left) > 0 ? shut(shut.refusals(), why, stated) : left;
                }
                case State.Probed probed -> wasProbe ? shut(probed.refusals() + 1, why, stated) : SOON;
            };
        } finally {
            lock.unlock();
        }
    }

    /** The call that was to find out was not refused: everybody may call. */
    void open() {
        lock.lock();
        try {
            state = new State.Open();
        } finally {
            lock.unlock();
        }
    }

    /** The call that was to find out has found out nothing: the next one is to. */
    void giveBack() {
        lock.lock();
        try {
            if (state instanceof State.Probed(int refusals, Refusal why, long since)) {
                state = new State.Shut(ticker.getAsLong(), refusals, why);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How long no call is let through from now on; empty when one is. */
    Optional<Duration> left() {
        lock.lock();
        try {
            return switch (state) {
                case State.Shut shut when left(shut).isPositive() -> Optional.of(left(shut));
                case State.Shut shut -> Optional.empty();
                case State.Probed probed -> Optional.of(SOON);
                case State.Open open -> Optional.empty();
            };
        } finally {
            lock.unlock();
        }
    }

    private Duration shut(int refusals, Refusal why, Duration stated) {
        Duration wait = stated.isPositive() ? stated : unstated(refusals);
        state = new State.Shut(ticker.getAsLong() + wait.toNanos(), refusals, why);
        return wait;
    }

    private Duration unstated(int refusals) {
        Duration grown = FIRST.multipliedBy(1L << Math.min(refusals - 1, MOST_DOUBLINGS));
        long half = (grown.compareTo(LONGEST) < 0 ? grown : LONGEST).toNanos() / 2;
        return Duration.ofNanos(half + (long) (half * chance.getAsDouble()));
    }

    private Duration left(State.Shut shut) {
        return Duration.ofNanos(shut.untilNanos() - ticker.getAsLong());
    }
}
