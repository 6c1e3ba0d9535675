package dev.freshet.cache.fill;

import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The content of a stored blob. When it cannot be read, the reader goes on with a fill of the same blob, which may be a while
 * in coming to where the reader is. A copy that is damaged is dropped, by another thread than the reader's, and the blob is
 * held open until that is done.
 */
final class StoredContent implements OpenedContent {

    private final StoredBlob blob;
    private final Supplier<Optional<OpenedContent>> fill;
    private final Executor housekeeping;
    private final Consumer<Event> listener;
    private volatile @Nullable Content instead;
    private final AtomicBoolean dropped = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger users = new AtomicInteger(1);

    /** @param fill joins or begins a fill of this blob; empty when none may begin */
    StoredContent(StoredBlob blob, Supplier<Optional<OpenedContent>> fill, Executor housekeeping,
            Consumer<Event> listener) {
        this.blob = blob;
        this.fill = fill;
        this.housekeeping = housekeeping;
        this.listener = listener;
    }

    /** In bytes. */
    long length() {
        return blob.length();
    }

    @Override
    public OptionalLong awaitLength(Duration timeout) {
        return OptionalLong.of(blob.length());
    }

    @Override
    public void want(List<ByteRange> parts) {
        // all of it is here
    }

    @Override
    public void awaitAnswer() {
        // no origin is asked
    }

    @Override
    public boolean isKept() {
        Content fetched = instead;
        return fetched == null || fetched.isKept();
    }

    @Override
    public Source source() {
        Content fetched = instead;
        return fetched == null ? Source.STORE : Source.ORIGIN;
    }

    @Override
    public boolean isReadableAgain() {
        return instead == null;
    }

    @Override
    public int read(long position, ByteBuffer destination) throws ContentException {
        Content fetched = instead;
        if (fetched != null) {
            return fetched.read(position, destination);
        }
        int before = destination.position();
        try {
            return blob.read(position, destination);
        } catch (DamagedBlobException e) {
            dropOnce(e);
            return insteadOf(e).read(position, destination.position(before));
        } catch (StoreException e) {
            listener.accept(new StoreEvent.Failed(e));
            return insteadOf(e).read(position, destination.position(before));
        }
    }

    private Content insteadOf(StoreException failure) throws ContentException {
        Content fetched = closed.get() ? null : fill.get().orElse(null);
        if (fetched == null) {
            throw new ContentException(String.valueOf(failure.getMessage()), failure);
        }
        instead = fetched;
        return fetched;
    }

    @Override
    public void whenReadable(long position, Runnable task) {
        Content fetched = instead;
        if (fetched == null) {
            task.run();
        } else {
            fetched.whenReadable(position, task);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Content fetched = instead;
            if (fetched != null) {
                fetched.close();
            }
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
        listener.accept(new StoreEvent.Damaged(blob.digest(), message));
    }

    private void release() {
        if (users.decrementAndGet() == 0) {
            blob.close();
        }
    }
}
