package dev.freshet.cache.rocks;

import dev.freshet.cache.memory.ChunkMemory;
import dev.freshet.cache.memory.Slot;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of one blob that are not on their way to disk yet, and the set of its bytes that are present. Full chunks
 * without a gap between them are handed over when they come to a segment, whichever range writer wrote them. May be used by
 * any thread.
 */
final class OpenChunks {

    /**
     * So much is handed over at a time at least, if it is there, and in so many segments at most, as each costs the disk.
     */
    private static final int RELIEF_BYTES = 1 << 20;
    private static final int RELIEF_RUNS = 16;

    private final SegmentSealer sealer;
    private final ChunkMemory memory;
    private final int chunkSize;
    private final long segmentSize;
    private final ReentrantLock lock = new ReentrantLock();
    private final NavigableMap<Long, OpenChunk> open = new TreeMap<>();
    private final ByteRanges full = new ByteRanges();
    private final ByteRanges present;
    private int writing;
    private boolean ended;
    private volatile int fullCount;
    private volatile long length;

    /**
     * None as yet.
     *
     * @param sealer takes over full ones; what is durable there is present
     * @param memory takes the memory back
     * @param segmentSize bytes at which full ones are handed over
     */
    OpenChunks(SegmentSealer sealer, ChunkMemory memory, long segmentSize) {
        this.sealer = sealer;
        this.memory = memory;
        this.chunkSize = memory.chunkSize();
        this.segmentSize = segmentSize;
        this.present = sealer.durable().present().copy();
        this.length = present.endOfRun(0);
    }

    /** Bytes that are present from the first on. */
    long length() {
        return length;
    }

    /** What is present. */
    ByteRanges present() {
        lock.lock();
        try {
            return present.copy();
        } finally {
            lock.unlock();
        }
    }

    /** Where the bytes end that are present from a position on: there, when the one at it is not. */
    long endOfRun(long position) {
        long front = length;
        if (position < front) {
            return front;
        }
        lock.lock();
        try {
            return present.endOfRun(position);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a range writer may begin at a position. */
    boolean isFreeFrom(long position) {
        lock.lock();
        try {
            return !present.contains(position)
                    && (position % chunkSize == 0 || present.contains(position - 1));
        } finally {
            lock.unlock();
        }
    }

    /**
     * The chunk that the byte of a position goes to, for the caller alone until it calls {@link #wrote}.
     *
     * @throws IllegalStateException if the byte is present, or another range writer is writing there
     */
    OpenChunk begin(long position) {
        lock.lock();
        try {
            long place = position / chunkSize;
            OpenChunk chunk = open.get(place);
            if (present.contains(position) || (chunk != null && chunk.isBusy())
                    || (chunk == null ? 0 : chunk.bytes()) != position % chunkSize) {
                throw new IllegalStateException("nothing can be written at " + position + ": it is present, or about"
                        + " to be, or its chunk is on disk");
            }
            if (chunk == null) {
                chunk = new OpenChunk();
                open.put(place, chunk);
            } else {
                chunk.begin();
            }
            writing++;
            return chunk;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of a chunk can be read now. */
    void wrote(long position, OpenChunk chunk, int count) {
        lock.lock();
        try {
            long place = position / chunkSize;
            chunk.end(count);
            writing--;
            if (chunk.bytes() == 0) {
                open.remove(place);
                memory.giveBack(chunk.memory());
            }
            present.add(position, position + count);
            length = present.endOfRun(0);
            if (chunk.bytes() == chunkSize && !ended) {
                full.add(place, place + 1);
                fullCount = Math.toIntExact(full.bytes());
                handOverSegments(place);
            }
            giveBackIfAtRest();
        } finally {
            lock.unlock();
        }
    }

    private void handOverSegments(long place) {
        long from = full.startOfRun(place);
        long to = full.endOfRun(place);
        long chunks = segmentSize / chunkSize;
        for (; to - from >= chunks; from += chunks) {
            handOver(new ByteRange(from, from + chunks));
        }
    }

    /** Hands chunks over as one segment. */
    private void handOver(ByteRange places) {
        List<Slot> slots = new ArrayList<>();
        int lastBytes = 0;
        for (OpenChunk chunk : open.subMap(places.from(), places.to()).values()) {
            slots.add(chunk.slot());
            lastBytes = chunk.bytes();
        }
        open.subMap(places.from(), places.to()).clear();
        full.remove(places.from(), places.to());
        fullCount = Math.toIntExact(full.bytes());
        sealer.add(places.from(), slots, lastBytes);
    }

    /** How many are full. */
    int full() {
        return fullCount;
    }

    /** Hands over the longest runs of full ones, unless something is done with them right now. */
    void tryHandOver() {
        if (lock.tryLock()) {
            try {
                long bytes = 0;
                int runs = 0;
                for (ByteRange run : longestFirst(full)) {
                    if (ended || bytes >= RELIEF_BYTES || runs == RELIEF_RUNS) {
                        break;
                    }
                    handOver(run);
                    bytes += run.length() * chunkSize;
                    runs++;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private static List<ByteRange> longestFirst(ByteRanges runs) {
        return runs.list().stream().sorted(Comparator.comparingLong(ByteRange::length).reversed()).toList();
    }

    /** Hands over all chunks without a writer, run by run, also those that are cut short. */
    void handOverAll() {
        lock.lock();
        try {
            ByteRanges all = new ByteRanges();
            open.forEach((place, chunk) -> {
                if (!chunk.isBusy()) {
                    all.add(place, place + 1);
                }
            });
            all.list().forEach(this::handOver);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Hands over full ones, and the one that ends with the content, the longest runs first.
     *
     * @param end where the content ends; -1 when that is unknown
     * @param runs how many at most
     */
    void handOverRuns(long end, int runs) {
        lock.lock();
        try {
            ByteRanges whole = full.copy();
            long last = (end - 1) / chunkSize;
            OpenChunk chunk = end > 0 ? open.get(last) : null;
            if (chunk != null && !chunk.isBusy() && last * chunkSize + chunk.bytes() == end) {
                whole.add(last, last + 1);
            }
            longestFirst(whole).stream().limit(runs).forEach(this::handOver);
        } finally {
            lock.unlock();
        }
    }

    /** Whether all chunks of a content of this length are here. */
    boolean isAllOf(long contentLength) {
        lock.lock();
        try {
            return open.size() * (long) chunkSize >= contentLength;
        } finally {
            lock.unlock();
        }
    }

    /** What is in them, in order. */
    List<ByteBuffer> contents() {
        lock.lock();
        try {
            return open.values().stream().map(OpenChunk::content).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Hands over no more chunks, and gives their memory back as soon as none is being written. */
    void end() {
        lock.lock();
        try {
            ended = true;
            fullCount = 0;
            giveBackIfAtRest();
        } finally {
            lock.unlock();
        }
    }

    private void giveBackIfAtRest() {
        if (ended && writing == 0) {
            memory.giveBack(open.values().stream().flatMap(chunk -> chunk.memory().stream()).toList());
            open.clear();
        }
    }

    /** A chunk that is not on its way to disk yet. Guarded by the lock, but for the bytes in its memory. */
    static final class OpenChunk {

        private @Nullable Slot slot;
        private int bytes;
        private boolean busy = true;

        /** How many bytes of it are there. */
        int bytes() {
            return bytes;
        }

        /** Whether a range writer is about to write to it. */
        boolean isBusy() {
            return busy;
        }

        boolean hasMemory() {
            return slot != null;
        }

        /** Its memory, if it has any. */
        List<Slot> memory() {
            return slot == null ? List.of() : List.of(slot);
        }

        void lend(Slot memory) {
            slot = memory;
        }

        /** Its memory, which it has from its first byte on. */
        Slot slot() {
            if (slot == null) {
                throw new IllegalStateException("the chunk has no memory yet");
            }
            return slot;
        }

        void begin() {
            busy = true;
        }

        void end(int more) {
            bytes += more;
            busy = false;
        }

        /** What is in it. */
        ByteBuffer content() {
            return slot().from(0).limit(bytes);
        }
    }
}
