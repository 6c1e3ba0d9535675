package dev.freshet.cache.rocks;

import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.AbstractNativeReference;

/** Native handles in the order they were made, closed in reverse. Not safe for use by several threads. */
final class Handles implements AutoCloseable {

    private final Deque<AbstractNativeReference> handles = new ArrayDeque<>();

    <T extends AbstractNativeReference> T own(T handle) {
        handles.push(handle);
        return handle;
    }

    @Override
    public void close() {
        while (!handles.isEmpty()) {
            handles.pop().close();
        }
    }
}
