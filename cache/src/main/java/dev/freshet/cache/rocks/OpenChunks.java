package dev.freshet.cache.rocks;

import dev.freshet.cache.memory.ChunkMemory;
import dev.freshet.cache.memory.Slot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The chunks of one writer that are not on their way to disk yet, in their order. One thread adds; any may ask for full ones
 * to be handed over.
 */
final class OpenChunks {

    private final Filling filling;
    private final int chunkSize;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Slot> open = new ArrayList<>();
    private long first;
    private volatile int full;

    /**
     * None as yet.
     *
     * @param filling takes over full ones
     * @param chunkSize bytes of a full one
     * @param first the place of the first that will be added
     */
    OpenChunks(Filling filling, int chunkSize, long first) {
        this.filling = filling;
        this.chunkSize = chunkSize;
        this.first = first;
    }

    /** One more, empty; all before it are full. */
    void add(Slot fresh) {
        lock.lock();
        try {
            open.add(fresh);
        } finally {
            lock.unlock();
        }
    }

    /** The one that is not full. */
    Slot last() {
        lock.lock();
        try {
            return open.getLast();
        } finally {
            lock.unlock();
        }
    }

    /** The last one is full now; all are handed over if they come to a segment of so many bytes. */
    void lastIsFull(long segmentSize) {
        lock.lock();
        try {
            full = open.size();
            if (full * (long) chunkSize >= segmentSize) {
                handOver();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many are full. */
    int full() {
        return full;
    }

    /** Hands over full ones, unless something is done with them right now. */
    void tryHandOver() {
        if (lock.tryLock()) {
            try {
                handOver();
            } finally {
                lock.unlock();
            }
        }
    }

    private void handOver() {
        if (full > 0) {
            List<Slot> ready = List.copyOf(open.subList(0, full));
            open.subList(0, full).clear();
            filling.add(first, ready, chunkSize);
            first += full;
            full = 0;
        }
    }

    /**
     * Hands over all as one segment, also the last one, which may be cut short.
     *
     * @param length bytes of the whole content
     */
    void handOverAll(long length) {
        lock.lock();
        try {
            if (!open.isEmpty()) {
                long before = (first + open.size() - 1) * chunkSize;
                filling.add(first, List.copyOf(open), (int) (length - before));
                open.clear();
                full = 0;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether these are all chunks of a content of this length. */
    boolean isAllOf(long length) {
        lock.lock();
        try {
            return open.size() * (long) chunkSize >= length;
        } finally {
            lock.unlock();
        }
    }

    /** What is in them, of a content of this length of which they are all. */
    List<ByteBuffer> contents(long length) {
        lock.lock();
        try {
            List<ByteBuffer> contents = new ArrayList<>();
            for (int i = 0; i < open.size(); i++) {
                long left = length - (long) i * chunkSize;
                contents.add(open.get(i).from(0).limit((int) Math.min(left, chunkSize)));
            }
            return contents;
        } finally {
            lock.unlock();
        }
    }

    /** Gives the memory of all back, and forgets them. */
    void giveBack(ChunkMemory memory) {
        lock.lock();
        try {
            full = 0;
            memory.giveBack(open);
            open.clear();
        } finally {
            lock.unlock();
        }
    }
}
