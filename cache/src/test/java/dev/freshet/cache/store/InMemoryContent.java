package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/** Bytes on the heap that may come, from anywhere, while others are read. */
final class InMemoryContent {

    private final ReentrantLock lock = new ReentrantLock();
    private final Digest digest;
    private byte[] bytes = new byte[1024];
    private final ByteRanges present = new ByteRanges();
    private long damagedFrom = Long.MAX_VALUE;

    InMemoryContent(Digest digest) {
        this.digest = digest;
    }

    /**
     * Takes the buffer's bytes up to an end of its own, and leaves the others in the buffer.
     *
     * @throws IllegalStateException if some are here already
     */
    void put(long position, ByteBuffer source, long upTo) {
        lock.lock();
        try {
            int count = (int) Math.min(source.remaining(), Math.max(0, upTo - position));
            int end = Math.addExact((int) position, count);
            if (present.nextPresent(position) < end) {
                throw new IllegalStateException("some of the bytes from " + position + " are present");
            }
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            }
            source.get(bytes, (int) position, count);
            present.add(position, end);
        } finally {
            lock.unlock();
        }
    }

    /** What of it lies within these, as content of its own, with what is damaged of it. */
    InMemoryContent part(ByteRanges kept) {
        lock.lock();
        try {
            InMemoryContent part = new InMemoryContent(digest);
            part.bytes = bytes.clone();
            kept.list().forEach(run -> part.present.add(run.from(), run.to()));
            part.damagedFrom = damagedFrom;
            return part;
        } finally {
            lock.unlock();
        }
    }

    ByteRanges present() {
        lock.lock();
        try {
            return present.copy();
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

    /** Bytes from the first on without a gap. */
    long length() {
        lock.lock();
        try {
            return present.endOfRun(0);
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
            long end = present.endOfRun(position);
            if (position >= end) {
                return -1;
            }
            if (position >= damagedFrom) {
                throw new DamagedBlobException(digest, "the test said so");
            }
            int count = (int) Math.min(Math.min(end, damagedFrom) - position, destination.remaining());
            destination.put(bytes, (int) position, count);
            return count;
        } finally {
            lock.unlock();
        }
    }
}
