package dev.freshet.cache.rocks;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Direct memory for one reader or writer at work: a chunk's key and, only where it is asked for, a whole chunk. */
final class Scratch {

    final ByteBuffer key = ByteBuffer.allocateDirect(Keys.CHUNK_KEY_BYTES);
    private final Pool home;
    private @Nullable ByteBuffer chunk;

    /** Keeps a bounded number of idle ones, and makes more when all are in use. May be used by any thread. */
    static final class Pool {

        private final BlockingQueue<Scratch> idle = new ArrayBlockingQueue<>(32);

        Scratch take() {
            Scratch scratch = idle.poll();
            return scratch == null ? new Scratch(this) : scratch;
        }
    }

    private Scratch(Pool home) {
        this.home = home;
    }

    /** A buffer of at least this capacity, always the same one for the same capacity; its position is 0. */
    ByteBuffer chunk(int capacity) {
        ByteBuffer current = chunk;
        if (current == null || current.capacity() < capacity) {
            current = ByteBuffer.allocateDirect(capacity);
            chunk = current;
        }
        return current.clear();
    }

    /** Goes back to the pool; the caller must not use it after. */
    void release() {
        home.idle.offer(this);
    }
}
