package dev.freshet.cache.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/** Bytes on the heap that may grow while they are read. */
final class InMemoryContent {

    private final ReentrantLock lock = new ReentrantLock();
    private byte[] bytes = new byte[1024];
    private int length;

    void append(ByteBuffer source) {
        lock.lock();
        try {
            int grown = Math.addExact(length, source.remaining());
            if (grown > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(grown, 2 * bytes.length));
            }
            source.get(bytes, length, source.remaining());
            length = grown;
        } finally {
            lock.unlock();
        }
    }

    long length() {
        lock.lock();
        try {
            return length;
        } finally {
            lock.unlock();
        }
    }

    int read(long position, ByteBuffer destination) {
        if (position < 0) {
            throw new IllegalArgumentException("position " + position + " is before the first byte");
        }
        lock.lock();
        try {
            if (position >= length) {
                return -1;
            }
            int count = (int) Math.min(length - position, destination.remaining());
            destination.put(bytes, (int) position, count);
            return count;
        } finally {
            lock.unlock();
        }
    }
}
