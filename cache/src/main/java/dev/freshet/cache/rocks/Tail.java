package dev.freshet.cache.rocks;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The end of what was appended, less than a chunk, that is not in the database yet; and how long all of it is. One thread
 * writes, any thread reads. Readers shut the writer out only while they copy from memory to memory.
 */
final class Tail {

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Scratch scratch;
    private final ByteBuffer buffer;
    private final int chunkSize;
    private boolean released;
    private volatile long stored;
    private volatile long length;

    Tail(Scratch scratch, int chunkSize) {
        this.scratch = scratch;
        this.chunkSize = chunkSize;
        this.buffer = scratch.chunk(chunkSize).limit(chunkSize);
    }

    /** Bytes appended. */
    long length() {
        return length;
    }

    /** Bytes in the database: all before the tail. */
    long stored() {
        return stored;
    }

    /** The writer's own direct memory; its chunk is the tail. */
    Scratch scratch() {
        return scratch;
    }

    boolean isEmpty() {
        return buffer.position() == 0;
    }

    boolean isFull() {
        return !buffer.hasRemaining();
    }

    /** The bytes of the tail, in direct memory. */
    ByteBuffer content() {
        return buffer.slice(0, buffer.position());
    }

    /** Takes bytes in as far as there is room, for readers to see at once. */
    void take(ByteBuffer source) {
        int count = Math.min(source.remaining(), buffer.remaining());
        buffer.put(source.slice(source.position(), count));
        source.position(source.position() + count);
        long before = length;
        length = before + count;
    }

    /** Notes that the tail, and so many bytes that never were in it, are in the database now. */
    void passed(int more) {
        lock.writeLock().lock();
        try {
            long before = length;
            length = before + more;
            stored = before + more;
            buffer.clear().limit(chunkSize);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Copies bytes from a position below the length; none when the tail has passed it, or was released. */
    int read(long position, ByteBuffer destination) {
        lock.readLock().lock();
        try {
            if (released || position < stored) {
                return 0;
            }
            int count = (int) Math.min(length - position, destination.remaining());
            destination.put(destination.position(), buffer, (int) (position - stored), count);
            destination.position(destination.position() + count);
            return count;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Gives the memory back. */
    void release() {
        lock.writeLock().lock();
        try {
            released = true;
            scratch.release();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
