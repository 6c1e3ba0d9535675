package dev.freshet.proxy.http;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.DefaultByteBufferPool;

/**
 * The buffers that bodies are sent from. A small buffer may be kept by a reader while it takes nothing; a large one, from which a
 * reader in a hurry is sent with less CPU, goes back before anything is waited for, so that there are never more of them
 * than I/O threads.
 *
 * @param small buffers of 64 KiB
 * @param large buffers of 256 KiB
 */
record BodyBuffers(ByteBufferPool small, ByteBufferPool large) implements AutoCloseable {

    private static final int SMALL_BYTES = 64 * 1024;
    private static final int SMALL_POOLED = 128;
    private static final int LARGE_BYTES = 256 * 1024;
    private static final int LARGE_POOLED = 16;
    private static final int CACHED_BY_THREAD = 4;

    /** Direct buffers, of which some are kept. */
    static BodyBuffers direct() {
        return new BodyBuffers(new DefaultByteBufferPool(true, SMALL_BYTES, SMALL_POOLED, CACHED_BY_THREAD),
                new DefaultByteBufferPool(true, LARGE_BYTES, LARGE_POOLED, 1));
    }

    /** An empty buffer, which the caller closes. */
    PooledByteBuffer take(boolean isLarge) {
        return (isLarge ? large : small).allocate();
    }

    @Override
    public void close() {
        small.close();
        large.close();
    }
}
