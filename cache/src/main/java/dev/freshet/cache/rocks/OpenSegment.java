package dev.freshet.cache.rocks;

import dev.freshet.cache.memory.Slot;
import dev.freshet.cache.rocks.segment.Segments;
import dev.freshet.cache.store.ByteRange;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Consecutive chunks in memory that become one segment.
 *
 * @param first the place of the first one
 * @param slots the memory of each
 * @param lastBytes bytes of the last one; all others are full
 * @param chunkSize bytes of a full one
 */
record OpenSegment(long first, List<Slot> slots, int lastBytes, int chunkSize) implements Segments.Source {

    @Override
    public int count() {
        return slots.size();
    }

    @Override
    public ByteBuffer chunk(int index) {
        return slots.get(index).from(0).limit(index == slots.size() - 1 ? lastBytes : chunkSize);
    }

    /** Its place in the content. */
    ByteRange range() {
        return new ByteRange(first * chunkSize, first * chunkSize + bytes());
    }

    /** Whether more chunks can follow it. */
    boolean isWhole() {
        return lastBytes == chunkSize;
    }

    long bytes() {
        return (slots.size() - 1L) * chunkSize + lastBytes;
    }
}
