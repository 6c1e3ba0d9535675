package dev.freshet.proxy.meter;

import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.config.unit.DataSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A log of the events of the store. The store may evict thousands of blobs within a second, or find as many damaged, so each
 * kind of event gets at most one line in 10 s, which sums up the events since the line before.
 */
final class StoreLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("store");
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Throttle evictionLines;
    private final ThrottledWarning damages;
    private final ThrottledWarning failures;
    private final ThrottledWarning passes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<EvictionReason, Long> evicted = new EnumMap<>(EvictionReason.class);
    private long evictedBytes;

    /** @param ticker nanoseconds since some fixed moment */
    StoreLog(LongSupplier ticker) {
        this.evictionLines = new Throttle(ticker);
        this.damages = new ThrottledWarning(ticker);
        this.failures = new ThrottledWarning(ticker);
        this.passes = new ThrottledWarning(ticker);
    }

    /** Logs an event, or counts it for the next line. */
    void log(StoreEvent event) {
        switch (event) {
            case StoreEvent.Evicted eviction -> evicted(eviction);
            case StoreEvent.Damaged damage -> damages.warn(damage.message());
            case StoreEvent.Lost lost -> LOG.error("{}", lost.message());
            case StoreEvent.Failed failed -> failures.warn(String.valueOf(failed.failure().getMessage()));
            case StoreEvent.Unwritable unwritable -> LOG.error(
                    "cache is read-only: {}; cached content is served, everything else is streamed without caching",
                    unwritable.why());
            case StoreEvent.Writable writable -> LOG.warn("cache is writable again: new content is stored");
        }
    }

    /** Logs that a blob was fetched and served, but not stored. */
    void passed(String message) {
        passes.warn(message);
    }

    /** Logs a summary of the events that have no line yet. */
    @Override
    public void close() {
        logEvictions();
        damages.warnOfRest("damaged blobs");
        failures.warnOfRest("failures of the store");
        passes.warnOfRest("blobs that were not stored");
    }

    private void evicted(StoreEvent.Evicted eviction) {
        lock.lock();
        try {
            evicted.merge(eviction.reason(), 1L, Long::sum);
            evictedBytes += eviction.bytes();
        } finally {
            lock.unlock();
        }
        if (evictionLines.tryPass()) {
            logEvictions();
        }
    }

    private void logEvictions() {
        long count = 0;
        List<String> reasons = new ArrayList<>();
        boolean unexpected;
        long bytes;
        lock.lock();
        try {
            for (Map.Entry<EvictionReason, Long> entry : evicted.entrySet()) {
                count += entry.getValue();
                reasons.add(entry.getValue() + " " + entry.getKey().label());
            }
            unexpected = evicted.containsKey(EvictionReason.DISK_FULL);
            bytes = evictedBytes;
            evicted.clear();
            evictedBytes = 0;
        } finally {
            lock.unlock();
        }
        if (count > 0) {
            LOG.atLevel(unexpected ? Level.WARN : Level.INFO)
                    .log("evicted {} blobs, {}: {}", count, new DataSize(bytes).rounded(), String.join(", ", reasons));
        }
    }

    /** A warning that may occur thousands of times a second: one per interval is logged, with the number of skipped ones. */
    private static final class ThrottledWarning {

        private final Throttle lines;
        private final AtomicLong skipped = new AtomicLong();

        ThrottledWarning(LongSupplier ticker) {
            this.lines = new Throttle(ticker);
        }

        /** Logs the message, or counts it as skipped. */
        void warn(String message) {
            if (lines.tryPass()) {
                long before = skipped.getAndSet(0);
                LOG.warn("{}{}", message, before == 0 ? "" : "; and " + before + " similar ones before");
            } else {
                skipped.incrementAndGet();
            }
        }

        /** Logs the number of skipped warnings. */
        void warnOfRest(String what) {
            long rest = skipped.getAndSet(0);
            if (rest > 0) {
                LOG.warn("{} more {}", rest, what);
            }
        }
    }

    /** A gate that opens once per interval, the first time at once. Thread-safe. */
    private static final class Throttle {

        private final LongSupplier ticker;
        private final AtomicLong lastNanos;

        Throttle(LongSupplier ticker) {
            this.ticker = ticker;
            this.lastNanos = new AtomicLong(ticker.getAsLong() - INTERVAL.toNanos());
        }

        /** Whether the gate is open; if so, it closes for all callers until the interval has passed. */
        boolean tryPass() {
            long last = lastNanos.get();
            long now = ticker.getAsLong();
            return now - last >= INTERVAL.toNanos() && lastNanos.compareAndSet(last, now);
        }
    }
}
