package dev.freshet.cache.fill;

import dev.freshet.cache.store.ByteRanges;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A fill's readers: how many they are, who waits for which byte, and who holds up the others. Guarded by its board's lock. */
final class Readers {

    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

    private final Set<FillReader> present = new LinkedHashSet<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private boolean came;
    private boolean several;

    private record Waiter(FillReader reader, long position, Runnable task) {}

    void add(FillReader reader) {
        several |= came;
        came = true;
        present.add(reader);
    }

    /** Takes a reader out, and forgets what it waits for; nothing happens when it is not here. */
    void remove(FillReader reader) {
        present.remove(reader);
        waiters.removeIf(waiter -> waiter.reader == reader);
    }

    int count() {
        return present.size();
    }

    boolean isEmpty() {
        return present.isEmpty();
    }

    /** Whether there is nobody now, and there was nobody but the first ever. */
    boolean hadOnlyTheFirst() {
        return present.isEmpty() && !several;
    }

    /** Remembers what to run when a byte is there. */
    void await(FillReader reader, long position, Runnable task) {
        waiters.add(new Waiter(reader, position, task));
    }

    /** All, in the order in which they came. */
    Set<FillReader> present() {
        return present;
    }

    /** What is to be run now, each once. */
    List<Runnable> takeReady(long published, ByteRanges there, boolean isEnd) {
        if (waiters.isEmpty()) {
            return List.of();
        }
        List<Runnable> ready = new ArrayList<>();
        waiters.removeIf(waiter -> {
            boolean isReady = isEnd || waiter.reader.isCut()
                    || waiter.reader.sees(waiter.position, published, there);
            if (isReady) {
                ready.add(waiter.task);
            }
            return isReady;
        });
        return ready;
    }

    /** What is to be run of those that may go elsewhere, each once. */
    List<Runnable> takeLeaving() {
        List<Runnable> leaving = new ArrayList<>();
        waiters.removeIf(waiter -> {
            boolean mayLeave = waiter.reader.mayLeave();
            if (mayLeave) {
                leaving.add(waiter.task);
            }
            return mayLeave;
        });
        return leaving;
    }

    /** Runs what is ready. A reader that cannot be woken is lost by itself; the fill and the other readers go on. */
    static void wake(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warn("a reader could not be woken: {}", e.toString());
        }
    }

    /** The first byte that anybody still wants. */
    long slowest() {
        return present.stream().mapToLong(FillReader::position).min().orElse(Long.MAX_VALUE);
    }

    /**
     * Cuts those that have stood still for too long. One that waits meanwhile is woken with those that are ready next.
     *
     * @return for how long none of the others will have, in nanoseconds; 0 when some were cut
     */
    long cutStanding(long waitedNanos, long published, long patienceNanos) {
        long left = patienceNanos;
        for (FillReader reader : List.copyOf(present)) {
            long standing = reader.standingNanos(waitedNanos, published);
            if (standing >= patienceNanos) {
                reader.cut();
                present.remove(reader);
                left = 0;
            } else {
                left = Math.min(left, patienceNanos - standing);
            }
        }
        return left;
    }
}
