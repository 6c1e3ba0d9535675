package dev.freshet.cache.fill;

import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A bounded window of a blob's bytes in memory that moves on: bytes are added behind it, and those before it are gone. Not
 * thread-safe: {@link FillMonitor} has the lock.
 */
final class RingBuffer {

    private static final int FIRST_SIZE = 64 * 1024;

    /**
     * The bounds of a fill whose bytes the store does not take.
     *
     * @param window bytes that are held in memory for readers, at least {@value #LEAST_WINDOW}
     * @param patience how long a reader may stand still while the fill waits for it
     */
    record Bounds(int window, Duration patience) {

        static final int LEAST_WINDOW = Hashing.BUFFER_BYTES;

        static final Bounds DEFAULT = new Bounds(1 << 20, Duration.ofSeconds(60));

        Bounds {
            if (window < LEAST_WINDOW) {
                throw new IllegalArgumentException("a window of " + window + " bytes does not hold one read");
            }
        }
    }

    private final int capacity;
    private final long first;
    private byte[] ring;
    private long start;
    private long end;

    /**
     * @param capacity bytes it may hold; it takes that much memory only when it must
     * @param first position of the first byte that will come
     */
    RingBuffer(int capacity, long first) {
        this.capacity = capacity;
        this.ring = new byte[Math.min(capacity, FIRST_SIZE)];
        this.first = first;
        this.start = first;
        this.end = first;
    }

    /** Position of the first byte that ever was in it. */
    long first() {
        return first;
    }

    /** Whether bytes are gone already. */
    boolean hasMoved() {
        return start > first;
    }

    boolean isFull() {
        return end - start == capacity;
    }

    /** Takes as many of the buffer's bytes as there is room for. */
    void add(ByteBuffer source) {
        while (source.hasRemaining() && !isFull()) {
            if (end - start == ring.length) {
                grow();
            }
            int at = (int) (end % ring.length);
            int room = (int) Math.min(ring.length - at, ring.length - (end - start));
            int count = Math.min(room, source.remaining());
            source.get(ring, at, count);
            end += count;
        }
    }

    private void grow() {
        byte[] larger = new byte[(int) Math.min(capacity, 2L * ring.length)];
        for (long at = start; at < end;) {
            int from = (int) (at % ring.length);
            int to = (int) (at % larger.length);
            int count = (int) Math.min(end - at, Math.min(ring.length - from, larger.length - to));
            System.arraycopy(ring, from, larger, to, count);
            at += count;
        }
        ring = larger;
    }

    /** Copies what there is from a position on, up to the buffer's limit; at least one byte when it is in the window. */
    int read(long position, ByteBuffer destination) throws StoreException {
        if (position < start) {
            throw new StoreException("read at byte " + position + " failed: it was not stored and has passed by");
        }
        int at = (int) (position % ring.length);
        int there = (int) Math.max(0, Math.min(end - position, ring.length - at));
        int count = Math.min(there, destination.remaining());
        destination.put(ring, at, count);
        return count;
    }

    /** Lets go of all bytes before a position. */
    void dropBefore(long position) {
        start = Math.max(start, Math.min(end, position));
    }
}
