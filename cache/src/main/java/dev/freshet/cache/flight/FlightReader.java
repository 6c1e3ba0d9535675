package dev.freshet.cache.flight;

import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One reader of a flight, and how far it has come. */
final class FlightReader implements Content {

    /** Bytes that a reader must come further within the patience, or it counts as standing still. */
    static final int FAIR_PROGRESS = 64 * 1024;

    private final FlightBoard board;
    private final Supplier<Source> source;
    private volatile long position;
    private volatile boolean cut;
    private long fairPosition;
    private long fairNanos = -1;

    FlightReader(FlightBoard board, Supplier<Source> source) {
        this.board = board;
        this.source = source;
    }

    /** The next byte that it wants, as far as that is known. */
    long position() {
        return position;
    }

    /** It wants the bytes from here on. */
    void moveTo(long next) {
        position = next;
        board.cargo().readerMoved();
    }

    /** It gets nothing more, as others wait for it. */
    void cut() {
        cut = true;
    }

    boolean isCut() {
        return cut;
    }

    /**
     * For how long it has stood still although there was something to read. Guarded by the board's lock.
     *
     * @param waitedNanos how long the flight has waited for its readers so far, all together
     * @param published bytes that may be read
     */
    long standingNanos(long waitedNanos, long published) {
        long now = position;
        if (fairNanos < 0 || now >= published || Math.abs(now - fairPosition) >= FAIR_PROGRESS) {
            fairPosition = now;
            fairNanos = waitedNanos;
        }
        return waitedNanos - fairNanos;
    }

    @Override
    public OptionalLong awaitLength(Duration timeout) throws ContentException, InterruptedException {
        board.awaitHead(timeout);
        FlightEnd known = board.announced();
        throwIfFailed(known);
        return known instanceof FlightEnd.Complete complete ? OptionalLong.of(complete.length()) : board.length();
    }

    @Override
    public boolean isKept() {
        return board.cargo().refusal() == null;
    }

    /** What the store does not take passes by. */
    @Override
    public boolean isReadableAgain() {
        return false;
    }

    @Override
    public Source source() {
        return source.get();
    }

    @Override
    public int read(long from, ByteBuffer destination) throws ContentException {
        FlightEnd known = board.announced();
        throwIfFailed(known);
        if (cut) {
            throw new ContentException("reading ended: others have waited for this client for too long", null);
        }
        long available = board.published() - from;
        if (available <= 0) {
            moveTo(from);
            return known == null ? 0 : -1;
        }
        int limit = destination.limit();
        destination.limit((int) Math.min(limit, destination.position() + available));
        try {
            int count = board.cargo().read(from, destination);
            moveTo(from + count);
            return count;
        } catch (StoreException e) {
            throw new ContentException(String.valueOf(e.getMessage()), e);
        } finally {
            destination.limit(limit);
        }
    }

    @Override
    public void whenReadable(long from, Runnable task) {
        board.whenReadable(this, from, task);
    }

    @Override
    public void close() {
        board.leave(this);
    }

    private static void throwIfFailed(@Nullable FlightEnd known) throws ContentException {
        if (known != null && !(known instanceof FlightEnd.Complete)) {
            throw new ContentException(known);
        }
    }
}
