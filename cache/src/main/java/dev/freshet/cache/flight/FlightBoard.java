package dev.freshet.cache.flight;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a flight's readers see: whether the length is known, how many bytes are published, and the end. The flight
 * writes it, any number of readers wait on it; the flight waits for readers only where {@link Cargo} says so. The
 * published length only grows.
 *
 * <p>It holds the cargo until the flight has left it and the last reader has too.
 */
final class FlightBoard {

    private static final Logger LOG = LoggerFactory.getLogger(FlightBoard.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition headChanged = lock.newCondition();
    private final Readers readers = new Readers();
    private final Cargo cargo;

    private volatile OptionalLong length = OptionalLong.empty();
    private boolean headKnown;
    private boolean flying = true;
    private @Nullable FlightEnd decided;
    private volatile @Nullable FlightEnd end;
    private volatile long published;

    FlightBoard(PassThrough bounds) {
        this.cargo = new Cargo(lock, readers, bounds);
    }

    /** The bytes, for the flight's thread. */
    Cargo cargo() {
        return cargo;
    }

    /** The answer's head is there. A length of zero is told only with the end, as there is no byte to withhold. */
    void opened(OptionalLong stated) {
        lock.lock();
        try {
            length = stated;
            headKnown = stated.isEmpty() || stated.getAsLong() > 0;
            headChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes bytes, which are not published yet; false when nobody is left to read them and they are not stored. */
    boolean append(ByteBuffer source) throws InterruptedException {
        return cargo.append(source, published);
    }

    /** Lets readers have everything below this length. */
    void publish(long newLength) {
        if (newLength <= published) {
            return;
        }
        List<Runnable> ready;
        lock.lock();
        try {
            published = newLength;
            ready = readers.takeReady(newLength, end != null);
        } finally {
            lock.unlock();
        }
        ready.forEach(FlightBoard::wake);
    }

    /** The digest is right: readers may have everything, whatever becomes of the commit. */
    void verified(long total) {
        List<Runnable> ready;
        lock.lock();
        try {
            if (end == null) {
                published = total;
                end = new FlightEnd.Complete(total);
                headKnown = true;
                headChanged.signalAll();
            }
            ready = readers.takeReady(published, true);
        } finally {
            lock.unlock();
        }
        ready.forEach(FlightBoard::wake);
    }

    /** Decides the end; only the first call does, and says so by returning true. Readers hear of it later. */
    boolean decide(FlightEnd outcome) {
        lock.lock();
        try {
            boolean first = decided == null;
            if (first) {
                decided = outcome;
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Tells readers of the end that was decided, unless they have everything already. */
    void announceEnd() {
        List<Runnable> ready;
        lock.lock();
        try {
            if (end == null) {
                end = decided;
            }
            headKnown = true;
            headChanged.signalAll();
            ready = readers.takeReady(published, true);
        } finally {
            lock.unlock();
        }
        ready.forEach(FlightBoard::wake);
    }

    /** The flight will not touch the cargo any more. */
    void landed() {
        lock.lock();
        try {
            flying = false;
            closeWhenUnused();
        } finally {
            lock.unlock();
        }
    }

    /** The end, once it is decided. */
    @Nullable
    FlightEnd end() {
        lock.lock();
        try {
            return decided;
        } finally {
            lock.unlock();
        }
    }

    /**
     * One more reader, which must close its content; empty when the first bytes have passed by already.
     *
     * @param source where the bytes come from
     */
    Optional<Content> join(Supplier<Source> source) {
        FlightReader reader = new FlightReader(this, source);
        lock.lock();
        try {
            if (!cargo.isWhole()) {
                return Optional.empty();
            }
            readers.add(reader);
            return Optional.of(reader);
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #join} would find it possible now. */
    boolean isJoinable() {
        lock.lock();
        try {
            return cargo.isWhole();
        } finally {
            lock.unlock();
        }
    }

    /** How many readers there are. */
    int readers() {
        lock.lock();
        try {
            return readers.count();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the length is known, or known to be unknown, or the end is. */
    void awaitHead(Duration timeout) throws ContentException, InterruptedException {
        lock.lock();
        try {
            long nanos = timeout.toNanos();
            while (!headKnown) {
                if (nanos <= 0) {
                    throw new ContentException("the upstream has not answered for " + timeout.toSeconds() + " s",
                            null);
                }
                nanos = headChanged.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The length in bytes, as it was told with the head. */
    OptionalLong length() {
        return length;
    }

    /** How many bytes readers may have. */
    long published() {
        return published;
    }

    /** The end as readers have it: complete as soon as all is verified. */
    @Nullable
    FlightEnd announced() {
        return end;
    }

    /** Runs a task when a byte is published or the end is; at once, if they are. */
    void whenReadable(FlightReader reader, long position, Runnable task) {
        lock.lock();
        try {
            if (position >= published && end == null && !reader.isCut()) {
                readers.await(reader, position, task);
                return;
            }
        } finally {
            lock.unlock();
        }
        task.run();
    }

    /** A reader has gone; a second call does nothing. */
    void leave(FlightReader reader) {
        lock.lock();
        try {
            readers.remove(reader);
            cargo.readerMoved();
            closeWhenUnused();
        } finally {
            lock.unlock();
        }
    }

    /** A reader that cannot be woken is lost by itself; the flight and the other readers go on. */
    private static void wake(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warn("a reader could not be woken: {}", e.toString());
        }
    }

    private void closeWhenUnused() {
        if (!flying && readers.isEmpty()) {
            cargo.close();
        }
    }
}
