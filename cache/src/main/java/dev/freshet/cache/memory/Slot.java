package dev.freshet.cache.memory;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory for one chunk. Its borrower alone writes to it, and only behind what readers have been told of, so
 * readers need no lock; they look afterwards whether it was lent anew meanwhile, and if so forget what they copied.
 */
public final class Slot {

    /**
     * The identity of a chunk.
     *
     * @param fill the number of its fill
     * @param chunk its place there, from 0
     */
    record ChunkKey(long fill, long chunk) {

        @Override
        public int hashCode() {
            return Long.hashCode((fill << 20 ^ chunk) * 0x9E3779B97F4A7C15L);
        }
    }

    private final ByteBuffer memory;
    private final StampedLock lending = new StampedLock();
    private @Nullable ChunkKey key;
    private volatile boolean used;

    Slot(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Bytes from a position to the end of the memory; the caller may write behind what is published, or read. */
    public ByteBuffer from(int position) {
        return memory.slice(position, memory.capacity() - position);
    }

    /** Gives the memory a new meaning; what readers copy meanwhile counts for nothing. */
    void lend(@Nullable ChunkKey newKey) {
        long stamp = lending.writeLock();
        try {
            key = newKey;
            used = false;
        } finally {
            lending.unlockWrite(stamp);
        }
    }

    @Nullable
    ChunkKey key() {
        return key;
    }

    /**
     * Copies bytes if they are of this chunk.
     *
     * @return whether they were; if not, the destination's content from its position on is lost
     */
    boolean copy(ChunkKey wanted, int offset, int count, ByteBuffer destination) {
        long stamp = lending.tryOptimisticRead();
        if (stamp == 0 || !wanted.equals(key)) {
            return false;
        }
        destination.put(destination.position(), memory, offset, count);
        boolean valid = lending.validate(stamp);
        if (valid && !used) {
            used = true;
        }
        return valid;
    }

    /** Whether it was read since the last call. */
    boolean takeUsed() {
        boolean was = used;
        used = false;
        return was;
    }
}
