package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/** Bytes on the heap that may grow while they are read. */
final class InMemoryContent {

    private final ReentrantLock lock = new ReentrantLock();
    private final Digest digest;
    private byte[] bytes = new byte[1024];
    private int length;
    private long damagedFrom = Long.MAX_VALUE;

    InMemoryContent(Digest digest) {
        this.digest = digest;
    }

    /** Takes the buffer's bytes up to a length of its own, and leaves the others in the buffer. */
    void append(ByteBuffer source, long upTo) {
        lock.lock();
        try {
            int count = (int) Math.min(source.remaining(), Math.max(0, upTo - length));
            int grown = Math.addExact(length, count);
            if (grown > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(grown, 2 * bytes.length));
            }
            source.get(bytes, length, count);
            length = grown;
        } finally {
            lock.unlock();
        }
    }

    /** The first so many bytes of it, as content of their own, with what is damaged of them. */
    InMemoryContent prefix(long bytesKept) {
        lock.lock();
        try {
            InMemoryContent prefix = new InMemoryContent(digest);
            prefix.append(ByteBuffer.wrap(bytes, 0, (int) bytesKept), bytesKept);
            prefix.damagedFrom = damagedFrom;
            return prefix;
        } finally {
            lock.unlock();
        }
    }

    /** Lets reads from this position on find damage. */
    void damage(long from) {
        lock.lock();
        try {
            damagedFrom = from;
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

    int read(long position, ByteBuffer destination) throws DamagedBlobException {
        if (position < 0) {
            throw new IllegalArgumentException("position " + position + " is before the first byte");
        }
        lock.lock();
        try {
            if (position >= length) {
                return -1;
            }
            if (position >= damagedFrom) {
                throw new DamagedBlobException(digest, "the test said so");
            }
            int count = (int) Math.min(Math.min(length, damagedFrom) - position, destination.remaining());
            destination.put(bytes, (int) position, count);
            return count;
        } finally {
            lock.unlock();
        }
    }
}
