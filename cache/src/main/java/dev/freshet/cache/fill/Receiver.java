package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings stretches of one blob from its origin, for all of a fill's threads: asks, sees that the answer is of the same
 * blob as those before, and counts.
 */
final class Receiver {

    private final Digest digest;
    private final WatchedOrigin origin;
    private final FillMonitor monitor;
    private final long largest;
    private final AtomicLong received = new AtomicLong();
    private volatile OptionalLong length;

    /**
     * @param expected bytes, as a manifest has stated it; empty when none has
     * @param largest bytes that a blob may have
     */
    Receiver(Digest digest, OptionalLong expected, long largest, WatchedOrigin origin, FillMonitor monitor) {
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

    /** The origin is not needed, as all is here. */
    void needsNothing() {
        origin.isNotNeeded();
    }

    /** It goes on from what an earlier fill has left. */
    void hasResumed(FillListener listener, long bytes) {
        listener.resumed(digest, origin, bytes);
    }

    /** Asks for what is missing of a stretch, and tells readers that there is an answer. */
    Transfer open(RangeTask stretch) throws OriginException, InterruptedException, EndedException {
        boolean isAll = stretch.position() == 0 && stretch.to() >= length.orElse(ByteRange.END);
        Transfer opened = origin.open(isAll ? ByteRange.from(0) : stretch.missing());
        stretch.hasGot(monitor.now());
        if (!stretch.begin(opened) && monitor.outcome() == null) {
            throw new OriginException(OriginFailure.STALLED, "a connection was too slow", null);
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

    /**
     * Waits for a stretch's next bytes.
     *
     * @param buffer empty; ready to be read from afterwards
     * @return false when there are none any more
     */
    boolean read(RangeTask stretch, Transfer source, ByteBuffer buffer)
            throws OriginException, InterruptedException, EndedException {
        long end = length.orElse(stretch.to());
        if (stretch.to() < end) {
            buffer.limit((int) Math.min(buffer.limit(), stretch.to() - stretch.position()));
        }
        if (!buffer.hasRemaining()) {
            return false;
        }
        stretch.waits(monitor.now());
        int count = source.read(buffer);
        stretch.hasGot(monitor.now());
        if (count < 0) {
            return false;
        }
        int came = buffer.flip().remaining();
        if (stretch.position() + came > most()) {
            throw wrongLength(stretch.position() + came);
        }
        received.addAndGet(came);
        return true;
    }

    /** All of a stretch was to come, and it ended there. */
    void requireEnd(RangeTask stretch) throws EndedException {
        long end = Math.min(stretch.to(), length.orElse(stretch.position()));
        if (stretch.position() != end) {
            throw wrongLength(stretch.position());
        }
    }

    /**
     * Brings a stretch into the store alone, without hashing it.
     *
     * @param buffer to be used for it
     */
    void store(RangeTask stretch, Transfer source, ByteBuffer buffer)
            throws OriginException, StoreException, InterruptedException, EndedException {
        while (read(stretch, source, buffer.clear())) {
            long from = stretch.position();
            try {
                monitor.buffer().store(stretch, buffer);
            } finally {
                monitor.arrived(from, stretch.position());
            }
        }
        requireEnd(stretch);
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
