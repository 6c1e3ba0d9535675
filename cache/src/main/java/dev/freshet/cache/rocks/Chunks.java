package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** The bytes of blobs, cut into chunks under the number of their fill. May be used by any thread. */
final class Chunks {

    private final Database database;
    private final Scratch.Pool pool = new Scratch.Pool();

    /**
     * A run of chunks.
     *
     * @param digest what they come to, for messages
     * @param fill the number they are under
     * @param chunkSize bytes in every chunk but the last
     */
    record Run(Digest digest, long fill, int chunkSize) {}

    Chunks(Database database) {
        this.database = database;
    }

    Scratch.Pool pool() {
        return pool;
    }

    /** The position, which must not be negative. */
    static long requirePosition(long position) {
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
    int read(Run run, long length, long position, ByteBuffer destination) throws StoreException {
        Scratch scratch = pool.take();
        try {
            long at = position;
            do {
                at += readChunk(run, scratch, length, at, destination);
            } while (at < length && at % run.chunkSize == 0
                    && destination.remaining() >= Math.min(run.chunkSize, length - at));
            return (int) (at - position);
        } finally {
            scratch.release();
        }
    }

    private int readChunk(Run run, Scratch scratch, long length, long position, ByteBuffer destination)
            throws StoreException {
        long chunk = position / run.chunkSize;
        int offset = (int) (position % run.chunkSize);
        int size = (int) Math.min(run.chunkSize, length - position + offset);
        int count = Math.min(size - offset, destination.remaining());
        Keys.chunk(scratch.key, run.fill, chunk);
        if (offset == 0 && destination.isDirect()) {
            get(run, scratch.key, chunk, size, destination.slice(destination.position(), count));
        } else {
            ByteBuffer whole = scratch.chunk(run.chunkSize).limit(size);
            get(run, scratch.key, chunk, size, whole);
            destination.put(destination.position(), whole, offset, count);
        }
        destination.position(destination.position() + count);
        return count;
    }

    private void get(Run run, ByteBuffer key, long chunk, int size, ByteBuffer destination) throws StoreException {
        Supplier<String> attempt = () -> "read of " + run.digest;
        int found;
        try {
            found = database.readChunk(attempt, key, destination);
        } catch (RocksDBException e) {
            if (e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption) {
                throw new DamagedBlobException(run.digest, "chunk " + chunk + ": " + e.getMessage(), e);
            }
            throw new StoreException(attempt.get() + " failed: chunk " + chunk + ": " + e.getMessage(), e);
        }
        if (found != size) {
            throw new DamagedBlobException(run.digest,
                    "chunk " + chunk + " " + (found < 0 ? "is missing" : "has " + found + " bytes, not " + size));
        }
    }

    /**
     * Puts what remains of a direct buffer as a chunk.
     *
     * @param log whether it survives the end of the process by itself, or only by {@link Database#flushChunks}
     */
    void write(Run run, Scratch scratch, long chunk, ByteBuffer bytes, boolean log) throws StoreException {
        ByteBuffer key = Keys.chunk(scratch.key, run.fill, chunk);
        database.writeChunk(() -> "append to " + run.digest, key, bytes, log);
    }
}
