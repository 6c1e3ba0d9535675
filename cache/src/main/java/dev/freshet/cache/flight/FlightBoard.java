package dev.freshet.cache.flight;

import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a flight's readers see: whether the length is known, how many bytes are published, and the end. The flight
 * writes it, any number of readers wait on it; the flight never waits for a reader. The published length only grows.
 *
 * <p>It holds the writer open until the flight has left it and the last reader has too.
 */
final class FlightBoard {

    private static final Logger LOG = LoggerFactory.getLogger(FlightBoard.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition headChanged = lock.newCondition();
    private final List<Waiter> waiters = new ArrayList<>();

    private OptionalLong length = OptionalLong.empty();
    private boolean headKnown;
    private boolean flying = true;
    private int readers;
    private @Nullable BlobWriter bytes;
    private @Nullable FlightEnd decided;
    private volatile @Nullable FlightEnd end;
    private volatile long published;

    private record Waiter(Content reader, long position, Runnable task) {}

    /** The answer's head is there. A length of zero is told only with the end, as there is no byte to withhold. */
    void opened(OptionalLong stated, BlobWriter writer) {
        lock.lock();
        try {
            bytes = writer;
            length = stated;
            headKnown = stated.isEmpty() || stated.getAsLong() > 0;
            headChanged.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets readers have everything below this length. */
    void publish(long newLength) {
        List<Runnable> ready;
        lock.lock();
        try {
            published = newLength;
            ready = takeReady();
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
            ready = takeReady();
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
            ready = takeReady();
        } finally {
            lock.unlock();
        }
        ready.forEach(FlightBoard::wake);
    }

    /** The flight will not touch the writer any more. */
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

    /** One more reader, which must close its content. */
    Content join() {
        lock.lock();
        try {
            readers++;
        } finally {
            lock.unlock();
        }
        return new Reader();
    }

    /** How many readers there are. */
    int readers() {
        lock.lock();
        try {
            return readers;
        } finally {
            lock.unlock();
        }
    }

    private List<Runnable> takeReady() {
        if (waiters.isEmpty()) {
            return List.of();
        }
        List<Runnable> ready = new ArrayList<>();
        waiters.removeIf(waiter -> {
            boolean isReady = waiter.position < published || end != null;
            if (isReady) {
                ready.add(waiter.task);
            }
            return isReady;
        });
        return ready;
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
        if (!flying && readers == 0 && bytes != null) {
            bytes.close();
            bytes = null;
        }
    }

    private final class Reader implements Content {

        private boolean closed;

        @Override
        public OptionalLong awaitLength(Duration timeout) throws ContentException, InterruptedException {
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
                throwIfFailed(end);
                return end instanceof FlightEnd.Complete complete ? OptionalLong.of(complete.length()) : length;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public int read(long position, ByteBuffer destination) throws ContentException {
            FlightEnd known = end;
            throwIfFailed(known);
            long available = published - position;
            if (available <= 0) {
                return known == null ? 0 : -1;
            }
            BlobWriter source = bytes;
            if (source == null) {
                throw new IllegalStateException("read after close");
            }
            int limit = destination.limit();
            destination.limit((int) Math.min(limit, destination.position() + available));
            try {
                return source.read(position, destination);
            } catch (StoreException e) {
                throw new ContentException(String.valueOf(e.getMessage()), e);
            } finally {
                destination.limit(limit);
            }
        }

        @Override
        public void whenReadable(long position, Runnable task) {
            lock.lock();
            try {
                if (position >= published && end == null) {
                    waiters.add(new Waiter(this, position, task));
                    return;
                }
            } finally {
                lock.unlock();
            }
            task.run();
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!closed) {
                    closed = true;
                    readers--;
                    waiters.removeIf(waiter -> waiter.reader == this);
                    closeWhenUnused();
                }
            } finally {
                lock.unlock();
            }
        }

        private static void throwIfFailed(@Nullable FlightEnd known) throws ContentException {
            if (known != null && !(known instanceof FlightEnd.Complete)) {
                throw new ContentException(known);
            }
        }
    }
}
