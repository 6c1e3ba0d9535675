package dev.freshet.cache.fill;

import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreFullException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a fill, where its readers find them. What the store takes is read from its writer, at any position and
 * for as long as anybody likes. From where the store takes no more, bytes pass through a {@link RingBuffer} in memory. When it
 * is full, it moves on as far as the slowest reader has read: there, and only there, a fill waits for its readers. One
 * that stands still for too long while others might go on is cut, and when none is left, so is the fill.
 *
 * <p>The fill's thread writes, readers read at the same time. What is guarded is guarded by the board's lock.
 */
final class FillBuffer {

    private final ReentrantLock lock;
    private final Condition readerMoved;
    private final Readers readers;
    private final int windowSize;
    private final long patienceNanos;

    private volatile @Nullable BlobWriter writer;
    private volatile @Nullable RingBuffer window;
    private volatile @Nullable StoreException refusal;
    private volatile int grain = 1;
    private boolean abandoned;
    private boolean forsaken;
    private long waitedNanos;

    /**
     * @param lock guards the readers, and is held for no longer than it takes to copy some bytes
     * @param readers whom the window waits for
     */
    FillBuffer(ReentrantLock lock, Readers readers, PassThrough bounds) {
        this.lock = lock;
        this.readerMoved = lock.newCondition();
        this.readers = readers;
        this.windowSize = bounds.window();
        this.patienceNanos = bounds.patience().toNanos();
    }

    /** Bytes go into the store through this writer, which is closed in the end; what is in it already can be read. */
    void load(BlobWriter into) {
        grain = into.grain();
        writer = into;
        refusal = null;
    }

    /** Whether there is no writer. */
    boolean isEmpty() {
        return writer == null;
    }

    /** Stretches begin at multiples of so many bytes. */
    int grain() {
        return grain;
    }

    /** The store takes nothing more; what is to be done about it is seen later. */
    void refuse(StoreException why) {
        refusal = why;
    }

    /** Whether bytes pass through memory. */
    boolean isPassing() {
        return window != null;
    }

    /** Gives up the writer, of which nobody has read anything. */
    void unload() {
        BlobWriter unwanted = writer;
        if (unwanted != null) {
            unwanted.discard();
            unwanted.close();
            writer = null;
        }
    }

    /** Lets the bytes from a position on pass through memory; those before it stay in the writer. */
    void pass(StoreException why, long from) {
        lock.lock();
        try {
            refusal = why;
            window = new RingBuffer(windowSize, from);
        } finally {
            lock.unlock();
        }
    }

    /** Why the bytes, or some of them, are not stored; null as long as they are. */
    @Nullable
    StoreException refusal() {
        return refusal;
    }

    /** Whether a reader that comes now can begin at byte 0. Guarded. */
    boolean isWhole() {
        RingBuffer through = window;
        return !abandoned && !forsaken && (through == null || !through.hasMoved());
    }

    /**
     * Takes all the buffer's bytes, waiting for readers where the store has taken none.
     *
     * @param stretch what they are of
     * @param published bytes that readers may have
     * @return false when they pass through and nobody is left to read them
     */
    boolean append(RangeTask stretch, ByteBuffer source, long published) throws InterruptedException {
        BlobWriter into = writer;
        if (into != null && window == null) {
            try {
                stretch.append(into, source);
                return true;
            } catch (StoreException e) {
                discardWhatDoesNotFit(into, e);
                pass(e, stretch.position());
            }
        }
        int count = source.remaining();
        boolean isWanted = passOn(source, published);
        stretch.passed(count - source.remaining());
        return isWanted;
    }

    /** Takes all the buffer's bytes into the store, or none from where it takes no more. */
    void store(RangeTask stretch, ByteBuffer source) throws StoreException {
        BlobWriter into = writer;
        if (into == null || window != null) {
            throw new StoreException("append failed: the store takes nothing more of it");
        }
        stretch.append(into, source);
    }

    private boolean passOn(ByteBuffer source, long published) throws InterruptedException {
        lock.lock();
        try {
            RingBuffer through = window;
            while (through != null && source.hasRemaining() && !readers.isEmpty()) {
                through.add(source);
                long mostNanos = source.hasRemaining() ? makeRoom(through, published) : 0;
                if (mostNanos > 0) {
                    waitedNanos += mostNanos - readerMoved.awaitNanos(mostNanos);
                }
            }
            abandoned = readers.isEmpty();
            return !abandoned;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the readers have what has passed, and have gone. */
    void awaitNobody() throws InterruptedException {
        lock.lock();
        try {
            while (!readers.isEmpty()) {
                long mostNanos = readers.cutStanding(waitedNanos, Long.MAX_VALUE, patienceNanos);
                if (mostNanos > 0) {
                    waitedNanos += mostNanos - readerMoved.awaitNanos(mostNanos);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Moves the window on; says for how long to wait at most before it is tried again, and 0 when it can be at once. */
    private long makeRoom(RingBuffer through, long published) {
        through.dropBefore(readers.slowest());
        return through.isFull() ? readers.cutStanding(waitedNanos, published, patienceNanos) : 0;
    }

    /** A reader has come further, or has gone. */
    void readerMoved() {
        if (window != null) {
            lock.lock();
            try {
                readerMoved.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Copies bytes that were appended; at least one where there is one and the buffer has room. */
    int read(long position, ByteBuffer destination) throws StoreException {
        RingBuffer through = window;
        if (through != null && position >= through.first()) {
            lock.lock();
            try {
                return through.read(position, destination);
            } finally {
                lock.unlock();
            }
        }
        BlobWriter source = writer;
        if (source == null) {
            throw new IllegalStateException("read after close");
        }
        if (through == null || through.first() - position >= destination.remaining()) {
            return source.read(position, destination);
        }
        int limit = destination.limit();
        destination.limit(destination.position() + (int) (through.first() - position));
        try {
            return source.read(position, destination);
        } finally {
            destination.limit(limit);
        }
    }

    /** Some of the bytes cannot be read: nobody may join any more, and no later fill begins with them. */
    void forsake() {
        lock.lock();
        try {
            forsaken = true;
        } finally {
            lock.unlock();
        }
        discard();
    }

    /** Lets no later fill begin with these bytes, as they are wrong. */
    void discard() {
        BlobWriter wrong = writer;
        if (wrong != null) {
            wrong.discard();
        }
    }

    /** Sees that what has come is there for the next fill, when this one does not get to its end. */
    void keep() {
        BlobWriter unfinished = writer;
        if (unfinished != null && window == null) {
            unfinished.keep();
        }
    }

    /** Stores the bytes, if all were taken; what has kept them from it is the {@link #refusal()}. */
    void commit() {
        BlobWriter whole = writer;
        if (whole != null && window == null) {
            try {
                whole.commit().close();
            } catch (StoreException e) {
                discardWhatDoesNotFit(whole, e);
                refusal = e;
            }
        }
    }

    /** The next fill would not get further with it, and others need the room. */
    private static void discardWhatDoesNotFit(BlobWriter into, StoreException failure) {
        if (failure instanceof StoreFullException) {
            into.discard();
        }
    }

    /** Lets go of the bytes. */
    void close() {
        BlobWriter open = writer;
        if (open != null) {
            open.close();
            writer = null;
        }
        window = null;
    }
}
