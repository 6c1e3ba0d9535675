package dev.freshet.cache.rocks.db;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.rocksdb.AbstractNativeReference;

/** Native handles in the order they were made, closed in reverse. Not safe for use by several threads. */
public final class Handles implements AutoCloseable {

    private static final AtomicLong OPEN = new AtomicLong();

    private final Deque<AbstractNativeReference> handles = new ArrayDeque<>();

    /** How many are open in this process. */
    public static long open() {
        return OPEN.get();
    }

    public <T extends AbstractNativeReference> T own(T handle) {
        handles.push(handle);
        OPEN.incrementAndGet();
        return handle;
    }

    @Override
    public void close() {
        while (!handles.isEmpty()) {
            handles.pop().close();
            OPEN.decrementAndGet();
        }
    }
}
