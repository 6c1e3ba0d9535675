package dev.freshet.proxy.upstream.guard;

import dev.freshet.proxy.upstream.guard.BreakerState.BreakerPolicy;
import dev.freshet.proxy.upstream.guard.BreakerState.Closed;
import dev.freshet.proxy.upstream.guard.BreakerState.HalfOpen;
import dev.freshet.proxy.upstream.guard.BreakerState.Open;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker before the requests to one server. Closed, it lets all through; open, none; after each wait it is
 * half-open, and lets one probe through, until the probe is answered. What opens and closes it is its {@link BreakerPolicy}. A
 * request that may be the only one that fails counts once a second, and lets others be the probe first. Safe for use by
 * several threads, none of which waits in here.
 */
public final class CircuitBreaker {

    /** How long requests are held while a probe is on its way. */
    static final Duration SOON = Duration.ofSeconds(1);
    /** A probe may need its time, which says nothing of other requests: after so long another one is made beside it. */
    private static final Duration LONGEST_PROBE = Duration.ofSeconds(7);

    private final BreakerPolicy policy;
    private final InstantSource clock;
    private final LongSupplier ticker;
    private final DoubleSupplier random;
    private final Consumer<Health> changes;
    private final ReentrantLock lock = new ReentrantLock();
    private BreakerState state = BreakerState.CLOSED;
    private Instant since;
    private @Nullable Ticket probe;
    private long probedNanos;
    private @Nullable Failure lastFailure;
    private @Nullable Instant lastSuccess;

    private CircuitBreaker(BreakerPolicy policy, InstantSource clock, LongSupplier ticker, DoubleSupplier random,
            Consumer<Health> changes) {
        this.policy = policy;
        this.clock = clock;
        this.ticker = ticker;
        this.random = random;
        this.changes = changes;
        this.since = clock.instant();
    }

    /**
     * A closed one before a server that may fail.
     *
     * @param ticker nanoseconds since some fixed moment
     * @param random from 0 (inclusive) to 1 (exclusive)
     * @param changes hears of each opening and each closing, on the thread that has found out; short, and does not throw
     */
    public static CircuitBreaker ofFailures(InstantSource clock, LongSupplier ticker, DoubleSupplier random,
            Consumer<Health> changes) {
        return new CircuitBreaker(BreakerPolicy.FAILURES, clock, ticker, random, changes);
    }

    /** A closed one before a server that may ask to be left alone; its health is not asked for, and needs no clock. */
    static CircuitBreaker ofRefusals(LongSupplier ticker, DoubleSupplier random) {
        return new CircuitBreaker(BreakerPolicy.REFUSALS, () -> Instant.EPOCH, ticker, random, health -> {});
    }

    /** The answer to a request for a permit. */
    public sealed interface Decision permits Rejected, Permit {

        /** The permit, or this failure of the request. */
        default <X extends Exception> Permit orElseThrow(Function<Rejected, X> failure) throws X {
            return switch (this) {
                case Permit permit -> permit;
                case Rejected rejected -> throw failure.apply(rejected);
            };
        }
    }

    /**
     * No permit.
     *
     * @param last why: the server's last failure
     * @param pause how long until it may be worth asking again; more than zero
     */
    public record Rejected(Failure last, Duration pause) implements Decision {}

    /**
     * Asks for a permit to make one request now.
     *
     * @param path what tells it from other requests to this server
     */
    public Decision tryAcquire(String path) {
        return tryAcquire(List.of(this), path);
    }

    /**
     * Asks for a permit by several breakers.
     *
     * @param breakers the one that a failure of this request counts at last
     */
    static Decision tryAcquire(List<CircuitBreaker> breakers, String path) {
        List<Ticket> tickets = new ArrayList<>();
        for (CircuitBreaker breaker : breakers) {
            Optional<Rejected> rejected = breaker.enter(path, tickets);
            if (rejected.isPresent()) {
                new Permit(tickets).close();
                return rejected.get();
            }
        }
        return new Permit(tickets);
    }

    private Optional<Rejected> enter(String path, List<Ticket> tickets) {
        lock.lock();
        try {
            long now = ticker.getAsLong();
            switch (state) {
                case Closed closed -> {
                    tickets.add(new Ticket(false));
                    return Optional.empty();
                }
                case HalfOpen halfOpen when now - probedNanos < LONGEST_PROBE.toNanos() -> {
                    return Optional.of(new Rejected(halfOpen.last(), untilProbed()));
                }
                case HalfOpen overdue -> {
                }
                case Open open -> {
                    Duration wait = open.wait(path, now);
                    if (!wait.isZero()) {
                        return Optional.of(new Rejected(open.last(), wait));
                    }
                    become(open.probed());
                }
            }
            Ticket next = new Ticket(true);
            probe = next;
            probedNanos = now;
            tickets.add(next);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** What one request is to this breaker; told once what came of it. */
    final class Ticket {

        private final boolean isProbe;

        private Ticket(boolean isProbe) {
            this.isProbe = isProbe;
        }

        /** The server has answered. */
        void answered() {
            boolean wasOpen;
            lock.lock();
            try {
                if (policy.isOfRefusals() && !isProbe) {
                    return;
                }
                wasOpen = !(state instanceof Closed);
                probe = null;
                lastSuccess = clock.instant();
                become(BreakerState.CLOSED);
            } finally {
                lock.unlock();
            }
            if (wasOpen) {
                changes.accept(health());
            }
        }

        /**
         * The server has failed.
         *
         * @param stated for how long it wants to be left alone; zero when it has not said
         * @return for how long no request is made
         */
        Duration failed(Failure failure, Duration stated) {
            boolean opened = false;
            Duration wait;
            lock.lock();
            try {
                long now = ticker.getAsLong();
                lastFailure = failure;
                switch (state) {
                    case Closed closed -> {
                        become(closed.failed(failure, stated, now, policy, random.getAsDouble()));
                        opened = state instanceof Open;
                    }
                    case HalfOpen halfOpen when counts() -> {
                        probe = null;
                        become(halfOpen.failed(failure, stated, now, policy, random.getAsDouble()));
                    }
                    case Open open when policy.isOfRefusals() ->
                        become(open.prolonged(failure, stated, now, policy, random.getAsDouble()));
                    case HalfOpen begunBefore -> {
                    }
                    case Open begunBefore -> {
                    }
                }
                wait = left(now).orElse(Duration.ZERO);
            } finally {
                lock.unlock();
            }
            if (opened) {
                changes.accept(health());
            }
            return wait;
        }

        /** It has ended without telling anything. */
        void withdrawn() {
            lock.lock();
            try {
                if (counts() && state instanceof HalfOpen halfOpen) {
                    probe = null;
                    become(halfOpen.withdrawn(ticker.getAsLong(), policy));
                }
            } finally {
                lock.unlock();
            }
        }

        /** Whether this is the probe; of several, the last, unless each has the server's own word. */
        private boolean counts() {
            return policy.isOfRefusals() ? isProbe : this == probe;
        }
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

    /** How long no request is let through from now on; empty when one is. */
    Optional<Duration> left() {
        lock.lock();
        try {
            return left(ticker.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    private Optional<Duration> left(long now) {
        return switch (state) {
            case Closed closed -> Optional.empty();
            case HalfOpen halfOpen -> Optional.of(SOON);
            case Open open -> Optional.of(Duration.ofNanos(open.dueNanos() - now)).filter(Duration::isPositive);
        };
    }

    /** How long to wait for what comes of a probe that is on its way; a crowd that comes back does so spread out. */
    private Duration untilProbed() {
        return policy.isOfRefusals()
                ? SOON
                : Duration.ofNanos(BreakerPolicy.jittered(SOON.toNanos(), random.getAsDouble()));
    }

    private Health health(Health.State word, Optional<Instant> nextProbe) {
        return new Health(word, since, Optional.ofNullable(lastFailure).map(Failure::words),
                Optional.ofNullable(lastSuccess), nextProbe);
    }

    private void become(BreakerState next) {
        if (next.getClass() != state.getClass()) {
            since = clock.instant();
        }
        state = next;
    }

    /**
     * The permission to make one request. The caller says what came of it, and closes it in any case; only what is said first
     * counts. For use by one thread.
     */
    public static final class Permit implements Decision, AutoCloseable {

        private final List<Ticket> tickets;
        private boolean told;

        /** @param tickets one for each breaker that could have rejected it; a failure counts at the last */
        Permit(List<Ticket> tickets) {
            this.tickets = List.copyOf(tickets);
        }

        /** The server has answered, if only with a refusal or an error of another kind. */
        public void answered() {
            if (!told) {
                told = true;
                tickets.forEach(Ticket::answered);
            }
        }

        /** The server has failed. */
        public void failed(Failure failure) {
            failed(failure, Duration.ZERO);
        }

        /**
         * The server has failed, or refused the request.
         *
         * @param stated for how long it wants to be left alone; zero when it has not said
         * @return for how long no such request is made; zero when requests still are
         */
        public Duration failed(Failure failure, Duration stated) {
            if (told) {
                return Duration.ZERO;
            }
            told = true;
            tickets.subList(0, tickets.size() - 1).forEach(Ticket::withdrawn);
            return tickets.getLast().failed(failure, stated);
        }

        /** It has ended; without a word before, nothing was found out. */
        @Override
        public void close() {
            if (!told) {
                told = true;
                tickets.forEach(Ticket::withdrawn);
            }
        }
    }
}
