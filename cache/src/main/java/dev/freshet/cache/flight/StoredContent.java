package dev.freshet.cache.flight;

import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Committed content: always readable to its end, unless it is damaged. Then this copy is dropped, by another thread than
 * the reader's, and the blob is held open until that is done.
 */
final class StoredContent implements Content {

    private final StoredBlob blob;
    private final Executor housekeeping;
    private final FlightListener listener;
    private final AtomicBoolean dropped = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger users = new AtomicInteger(1);

    StoredContent(StoredBlob blob, Executor housekeeping, FlightListener listener) {
        this.blob = blob;
        this.housekeeping = housekeeping;
        this.listener = listener;
    }

    @Override
    public OptionalLong awaitLength(Duration timeout) {
        return OptionalLong.of(blob.length());
    }

    @Override
    public boolean isKept() {
        return true;
    }

    @Override
    public Source source() {
        return Source.STORE;
    }

    @Override
    public int read(long position, ByteBuffer destination) throws ContentException {
        try {
            return blob.read(position, destination);
        } catch (DamagedBlobException e) {
            dropOnce(e);
            throw new ContentException(String.valueOf(e.getMessage()), e);
        } catch (StoreException e) {
            throw new ContentException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void whenReadable(long position, Runnable task) {
        task.run();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }

    private void dropOnce(DamagedBlobException damage) {
        if (!dropped.compareAndSet(false, true)) {
            return;
        }
        users.incrementAndGet();
        try {
            housekeeping.execute(() -> drop(damage));
        } catch (RejectedExecutionException e) {
            release();
        }
    }

    private void drop(DamagedBlobException damage) {
        String message = String.valueOf(damage.getMessage());
        try {
            blob.drop();
        } catch (StoreException e) {
            message += "; and it could not be removed: " + e.getMessage();
        } finally {
            release();
        }
        listener.damaged(blob.digest(), message);
    }

    private void release() {
        if (users.decrementAndGet() == 0) {
            blob.close();
        }
    }
}
