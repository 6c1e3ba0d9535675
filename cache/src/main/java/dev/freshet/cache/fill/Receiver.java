package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The requests of a fill to its origin, for all of its threads: it asks for the range of a task, checks that each answer is of
 * the same blob as those before, and counts bytes. Thread-safe.
 */
final class Receiver {

    private final Digest digest;
    private final BlobOrigin origin;
    private final FillMonitor monitor;
    private final long largest;
    private final AtomicLong received = new AtomicLong();
    private volatile OptionalLong length;
    private volatile Source source = Source.ORIGIN;
    private volatile boolean asked;

    /**
     * @param expected bytes, as a manifest has stated it; empty when none has
     * @param largest bytes that a blob may have
     */
    Receiver(Digest digest, OptionalLong expected, long largest, BlobOrigin origin, FillMonitor monitor) {
        this.digest = digest;
        this.length = expected;
        this.origin = origin;
        this.monitor = monitor;
        this.largest = largest;
    }

    /** The fill has ended before it was verified. */
    static final class EndedException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient FillOutcome end;

        EndedException(FillOutcome end) {
            super(end.message(), null, false, false);
            this.end = end;
        }

        FillOutcome end() {
            return end;
        }
    }

    /** How many bytes have come from the origin. */
    long received() {
        return received.get();
    }

    /** The blob's length, as far as it is known. */
    OptionalLong length() {
        return length;
    }

    /** Where the fill's bytes come from, as far as is known by now. */
    Source source() {
        return source;
    }

    /** The origin is not needed, as all is here. */
    void needsNothing() {
        source = Source.STORE;
    }

    /** It goes on from what an earlier fill has left. */
    void hasResumed(Consumer<Event> listener, long bytes) {
        listener.accept(new FillEvent.Resumed(digest, origin, bytes));
    }

    /** Asks for what is missing of a task, and tells readers that there is an answer. */
    Transfer open(RangeTask task) throws OriginException, InterruptedException, EndedException {
        boolean isAll = task.position() == 0 && task.to() >= length.orElse(ByteRange.END);
        Transfer opened = ask(isAll ? ByteRange.from(0) : task.missing());
        task.hasGot(monitor.now());
        if (!task.begin(opened) && monitor.outcome() == null) {
            throw new OriginException(FailureReason.STALLED, "a connection was too slow", null);
        }
        if (monitor.outcome() != null) {
            opened.close();
            throw new InterruptedException("the fill has ended meanwhile");
        }
        OptionalLong stated = opened.length();
        if (stated.isPresent() && (stated.getAsLong() > most() || stated.getAsLong() < length.orElse(0))) {
            throw wrongLength(stated.getAsLong());
        }
        length = stated.isPresent() ? stated : length;
        return opened;
    }

    /** Whether a task's connection was ended only because it was too slow, and the fill goes on. */
    boolean isReplaced(RangeTask task) {
        return task.isDropped() && monitor.outcome() == null;
    }

    private Transfer ask(ByteRange wanted) throws OriginException, InterruptedException {
        if (wanted.from() == 0 || !asked) {
            source = wanted.from() == 0 ? Source.ORIGIN : Source.STORE_AND_ORIGIN;
        }
        asked = true;
        return origin.open(wanted);
    }

    /**
     * Waits for a task's next bytes.
     *
     * @param buffer empty; ready to be read from afterwards
     * @return false when there are none any more
     */
    boolean read(RangeTask task, Transfer source, ByteBuffer buffer)
            throws OriginException, InterruptedException, EndedException {
        long end = length.orElse(task.to());
        if (task.to() < end) {
            buffer.limit((int) Math.min(buffer.limit(), task.to() - task.position()));
        }
        if (!buffer.hasRemaining()) {
            return false;
        }
        task.waits(monitor.now());
        int count = source.read(buffer);
        task.hasGot(monitor.now());
        if (count < 0) {
            return false;
        }
        int came = buffer.flip().remaining();
        if (task.position() + came > most()) {
            throw wrongLength(task.position() + came);
        }
        received.addAndGet(came);
        return true;
    }

    /** All of a task was to come, and it ended there. */
    void requireEnd(RangeTask task) throws EndedException {
        long end = Math.min(task.to(), length.orElse(task.position()));
        if (task.position() != end) {
            throw wrongLength(task.position());
        }
    }

    /**
     * Brings a task into the store alone, without hashing it.
     *
     * @param buffer to be used for it
     */
    void store(RangeTask task, Transfer source, ByteBuffer buffer)
            throws OriginException, StoreException, InterruptedException, EndedException {
        while (read(task, source, buffer.clear())) {
            long from = task.position();
            try {
                monitor.buffer().store(task, buffer);
            } finally {
                monitor.arrived(from, task.position());
            }
        }
        requireEnd(task);
    }

    /** No more bytes than these may come. */
    private long most() {
        return Math.min(length.orElse(largest), largest);
    }

    private EndedException wrongLength(long actual) {
        return new EndedException(actual > most()
                ? new FillOutcome.TooLarge(digest, most(), actual)
                : new FillOutcome.TooShort(digest, length.orElse(0), actual));
    }
}
