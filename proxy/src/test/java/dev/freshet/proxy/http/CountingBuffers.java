package dev.freshet.proxy.http;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.DefaultByteBufferPool;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A pool that knows how many of its buffers are out. */
final class CountingBuffers implements ByteBufferPool {

    private final ByteBufferPool pool;
    private final AtomicInteger out = new AtomicInteger();

    private final AtomicInteger taken = new AtomicInteger();

    /** @param size bytes in a buffer */
    CountingBuffers(int size) {
        this.pool = new DefaultByteBufferPool(false, size);
    }

    /** Buffers that ever were in use. */
    int taken() {
        return taken.get();
    }

    /** Buffers that are in use. */
    int out() {
        return out.get();
    }

    @Override
    public PooledByteBuffer allocate() {
        PooledByteBuffer buffer = pool.allocate();
        out.incrementAndGet();
        taken.incrementAndGet();
        return new PooledByteBuffer() {

            @Override
            public ByteBuffer getBuffer() {
                return buffer.getBuffer();
            }

            @Override
            public void close() {
                out.decrementAndGet();
                buffer.close();
            }

            @Override
            public boolean isOpen() {
                return buffer.isOpen();
            }
        };
    }

    @Override
    public ByteBufferPool getArrayBackedPool() {
        return this;
    }

    @Override
    public void close() {
        pool.close();
    }

    @Override
    public int getBufferSize() {
        return pool.getBufferSize();
    }

    @Override
    public boolean isDirect() {
        return pool.isDirect();
    }
}
