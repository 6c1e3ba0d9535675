package dev.freshet.proxy.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioIoThread;

/**
 * The I/O threads of a port, and whether each of them still runs what it is given. A thread counts as stuck when it has not
 * run an empty task for {@link #PATIENCE}, and for two rounds: a busy one runs it within milliseconds, and a process that
 * was suspended as a whole is given a round to go on. Safe for use by several threads; nothing here waits.
 */
public final class IoThreads {

    /** How often {@link #ask} is called. */
    public static final Duration INTERVAL = Duration.ofSeconds(5);

    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger("data");
    private static final int ROUNDS = 2;

    private final LongSupplier ticker;
    private final List<Watched> all = new CopyOnWriteArrayList<>();

    /** @param ticker nanoseconds since some fixed moment */
    public IoThreads(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /** One thread, and the empty task that it was given and has not run yet. */
    private static final class Watched {

        private final XnioIoThread thread;
        private volatile boolean asked;
        private volatile long askedAt;
        private final AtomicInteger rounds = new AtomicInteger();

        Watched(XnioIoThread thread) {
            this.thread = thread;
        }

        void ask(long now) {
            if (asked) {
                rounds.incrementAndGet();
                return;
            }
            askedAt = now;
            rounds.set(0);
            asked = true;
            try {
                thread.execute(() -> asked = false);
            } catch (RejectedExecutionException e) {
                asked = false; // the port is closed
            }
        }

        Duration silence(long now) {
            return asked && rounds.get() >= ROUNDS ? Duration.ofNanos(now - askedAt) : Duration.ZERO;
        }
    }

    /** Begins to watch a port's threads. */
    void watch(List<XnioIoThread> threads) {
        threads.forEach(thread -> all.add(new Watched(thread)));
    }

    /** Gives each thread an empty task, unless it has one; called at every {@link #INTERVAL}, by one thread at a time. */
    public void ask() {
        long now = ticker.getAsLong();
        for (Watched watched : all) {
            boolean before = watched.silence(now).compareTo(PATIENCE) >= 0;
            watched.ask(now);
            if (!before && watched.silence(now).compareTo(PATIENCE) >= 0) {
                Throwable place = new Throwable("where it is");
                place.setStackTrace(watched.thread.getStackTrace());
                LOG.error("{}", stuck(watched, now), place);
            }
        }
    }

    /** A thread that does not run what it is given, in words; empty when all do. */
    public Optional<String> stuck() {
        long now = ticker.getAsLong();
        return all.stream().filter(watched -> watched.silence(now).compareTo(PATIENCE) >= 0)
                .map(watched -> stuck(watched, now)).findFirst();
    }

    private static String stuck(Watched watched, long now) {
        return "I/O thread " + watched.thread.getName() + " of the data port has been stuck for "
                + watched.silence(now).toSeconds()
                + " s: its connections are not served; restart Freshet, and report the stack trace in its log";
    }
}
