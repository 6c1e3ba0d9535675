package dev.freshet.cache.rocks.segment;

import dev.freshet.cache.memory.ChunkMemory;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.db.Database;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Fault;
import dev.freshet.cache.rocks.db.Keys;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** A reader of the chunks of blobs, from memory if they are still there. May be used by any thread. */
public final class ChunkReader {

    private final Database bulk;
    private final ChunkMemory memory;
    /** At most so many that are not in use are kept; more are made when all are in use. */
    private final BlockingQueue<Scratch> idle = new ArrayBlockingQueue<>(32);

    /**
     * A run of chunks.
     *
     * @param digest what they come to, for messages
     * @param family where they are
     * @param number the number they are under
     * @param chunkSize bytes in every chunk but the last
     */
    public record Run(Digest digest, Family family, long number, int chunkSize) {}

    public ChunkReader(Database bulk, ChunkMemory memory) {
        this.bulk = bulk;
        this.memory = memory;
    }

    /** The position, which must not be negative. */
    public static long requirePosition(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("position " + position + " is before the first byte");
        }
        return position;
    }

    /**
     * Copies bytes, as {@link dev.freshet.cache.store.StoredBytes#read} says. Whole chunks go straight into a direct
     * destination; a read that begins within a chunk ends with it, so that the next one begins at a chunk.
     *
     * @param length bytes in the run, more than the position
     */
    public int read(Run run, long length, long position, ByteBuffer destination) throws StoreException {
        long at = position;
        do {
            at += readChunk(run, length, at, destination);
        } while (at < length && at % run.chunkSize == 0
                && destination.remaining() >= Math.min(run.chunkSize, length - at));
        return (int) (at - position);
    }

    private int readChunk(Run run, long length, long position, ByteBuffer destination) throws StoreException {
        int offset = (int) (position % run.chunkSize);
        int size = (int) Math.min(run.chunkSize, length - position + offset);
        int count = Math.min(size - offset, destination.remaining());
        if (!memory.read(run.number, position / run.chunkSize, offset, count, destination)) {
            readStored(run, position / run.chunkSize, offset, size, count, destination);
        }
        return count;
    }

    /** Copies bytes of a chunk from memory alone; none when it is not there. */
    int readRemembered(Run run, long length, long position, ByteBuffer destination) {
        int offset = (int) (position % run.chunkSize);
        int count = (int) Math.min(Math.min(run.chunkSize - offset, length - position), destination.remaining());
        return memory.read(run.number, position / run.chunkSize, offset, count, destination) ? count : 0;
    }

    private void readStored(Run run, long chunk, int offset, int size, int count, ByteBuffer destination)
            throws StoreException {
        Scratch polled = idle.poll();
        Scratch scratch = polled == null ? new Scratch() : polled;
        try {
            Keys.chunk(scratch.key, run.number, chunk);
            if (offset == 0 && destination.isDirect()) {
                get(run, scratch.key, chunk, size, destination.slice(destination.position(), count));
            } else {
                ByteBuffer whole = scratch.chunk(run.chunkSize).limit(size);
                get(run, scratch.key, chunk, size, whole);
                destination.put(destination.position(), whole, offset, count);
            }
            destination.position(destination.position() + count);
        } finally {
            idle.offer(scratch);
        }
    }

    private void get(Run run, ByteBuffer key, long chunk, int size, ByteBuffer destination) throws StoreException {
        Supplier<String> attempt = () -> "read of " + run.digest;
        int found;
        try {
            found = bulk.read(attempt, run.family, key, destination);
        } catch (RocksDBException e) {
            if (isDamage(e)) {
                throw new DamagedBlobException(run.digest, "chunk " + chunk + ": " + e.getMessage(), e);
            }
            throw new StoreException(attempt.get() + " failed: chunk " + chunk + ": " + e.getMessage(), e);
        }
        if (found != size) {
            throw new DamagedBlobException(run.digest,
                    "chunk " + chunk + " " + (found < 0 ? "is missing" : "has " + found + " bytes, not " + size));
        }
    }

    /** What cannot be read now and never will be; a lack of descriptors or memory is not that. */
    private static boolean isDamage(RocksDBException e) {
        return Fault.of(e) == Fault.DAMAGE || String.valueOf(e.getMessage()).contains("Input/output error");
    }

    /** Direct memory for one reader or writer at work: a chunk's key and, only where it is asked for, a whole chunk. */
    private static final class Scratch {

        final ByteBuffer key = ByteBuffer.allocateDirect(Keys.CHUNK_KEY_BYTES);
        private @Nullable ByteBuffer chunk;

        /** A buffer of at least this capacity, always the same one for the same capacity; its position is 0. */
        ByteBuffer chunk(int capacity) {
            ByteBuffer current = chunk;
            if (current == null || current.capacity() < capacity) {
                current = ByteBuffer.allocateDirect(capacity);
                chunk = current;
            }
            return current.clear();
        }
    }
}
