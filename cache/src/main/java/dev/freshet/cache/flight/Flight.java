package dev.freshet.cache.flight;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One blob's download for everybody who wants it: detached from the client that began it, it runs on a thread of its own
 * until its one end.
 *
 * <p>The law it keeps: the digest is verified before the commit, and the last bytes are withheld from readers until it
 * is, so that no reader of the whole ever completes a body that is wrong. With a stated length the last byte is
 * withheld; without one, the last read. Readers do not wait for the commit; whoever comes while it is made still joins.
 */
final class Flight implements Runnable {

    private final Digest digest;
    private final OptionalLong expectedLength;
    private final WatchedOrigin origin;
    private final Shared shared;
    private final Consumer<Flight> onEnd;
    private final FlightBoard board;

    private volatile @Nullable Thread runner;
    private volatile @Nullable Fill fill;

    /**
     * @param expectedLength bytes, as a manifest has stated it; an origin that states another is refused, and one that
     *     states none is taken at the manifest's word; empty when none has
     * @param onEnd runs once, when the end is decided and before readers learn of it
     */
    Flight(Digest digest, OptionalLong expectedLength, WatchedOrigin origin, Shared shared,
            Consumer<Flight> onEnd) {
        this.digest = digest;
        this.expectedLength = expectedLength;
        this.origin = origin;
        this.shared = shared;
        this.onEnd = onEnd;
        this.board = new FlightBoard(shared.bounds(), shared.fetching());
    }

    Digest digest() {
        return digest;
    }

    /** The repository that it is fetched from. */
    Repository repository() {
        return origin.repository();
    }

    /** What readers see of it. */
    FlightBoard board() {
        return board;
    }

    @Override
    public void run() {
        runner = Thread.currentThread();
        try {
            if (board.end() == null) {
                finish(fly());
            }
        } finally {
            runner = null;
            board.landed();
        }
    }

    /** Ends it now, wherever it is; its readers are cut off. */
    void abort() {
        finish(new FlightEnd.Aborted());
        Fill running = fill;
        if (running != null) {
            running.cancel();
        }
        Thread waiting = runner;
        if (waiting != null) {
            waiting.interrupt();
        }
    }

    private FlightEnd fly() {
        try {
            shared.listener().began(digest, origin);
            Fill begun = new Fill(digest, expectedLength, origin, shared, board);
            fill = begun;
            return begun.run();
        } catch (OriginException e) {
            return FlightEnd.OriginFailed.by(e);
        } catch (InterruptedException e) {
            return new FlightEnd.Aborted();
        } catch (RuntimeException | Error e) {
            return new FlightEnd.Broken(e);
        }
    }

    private void finish(FlightEnd end) {
        if (board.decide(end)) {
            Fill running = fill;
            try {
                onEnd.accept(this);
                shared.listener().ended(digest, origin, end, running == null ? 0 : running.received());
            } finally {
                board.announceEnd();
            }
        }
    }
}
