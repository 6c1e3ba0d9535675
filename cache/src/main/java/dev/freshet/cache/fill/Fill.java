package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
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
final class Fill implements Runnable {

    private final Digest digest;
    private final OptionalLong expectedLength;
    private final WatchedOrigin origin;
    private final Shared shared;
    private final Consumer<Fill> onEnd;
    private final FillBoard board;

    private final ReentrantLock running = new ReentrantLock();
    private @Nullable Thread runner;
    private volatile long endsNanos = Long.MAX_VALUE;
    private @Nullable FillOutcome left;
    private volatile @Nullable FillRun run;

    /**
     * @param expectedLength bytes, as a manifest has stated it; an origin that states another is refused, and one that
     *     states none is taken at the manifest's word; empty when none has
     * @param onEnd runs once, when the end is decided and before readers learn of it
     */
    Fill(Digest digest, OptionalLong expectedLength, WatchedOrigin origin, Shared shared,
            Consumer<Fill> onEnd) {
        this.digest = digest;
        this.expectedLength = expectedLength;
        this.origin = origin;
        this.shared = shared;
        this.onEnd = onEnd;
        this.board = new FillBoard(shared.bounds(), shared.fetching());
    }

    Digest digest() {
        return digest;
    }

    /** The repository that it is fetched from. */
    Repository repository() {
        return origin.repository();
    }

    /** What readers see of it. */
    FillBoard board() {
        return board;
    }

    @Override
    public void run() {
        endsNanos = board.scheduler().now() + shared.fetching().longest().toNanos();
        begin(Thread.currentThread());
        try {
            if (board.end() == null) {
                finish(fly());
            }
        } finally {
            land();
        }
    }

    /** Ends it now, wherever it is; its readers are cut off. */
    void abort() {
        finish(new FillOutcome.Aborted());
        stop(null);
    }

    /** Ends it if it has taken too long, and wakes readers that need not wait for it any longer. */
    void look() {
        if (endsNanos != Long.MAX_VALUE && board.scheduler().now() - endsNanos >= 0) {
            FillOutcome end = new FillOutcome.TookTooLong(digest, shared.fetching().longest());
            if (board.decide(end) && !stop(end)) {
                conclude(end);
            }
        }
        board.wakeLeaving();
    }

    /**
     * Ends it soon, unless anybody but who began it has ever joined, or that one reads it still; says whether it does. What
     * has come is there for the next fill when this one says that it has ended.
     */
    boolean abandon() {
        FillOutcome end = new FillOutcome.Abandoned("no client has come for what was fetched ahead");
        boolean ends = board.decideUnlessJoined(end);
        if (ends && !stop(end)) {
            conclude(end);
        }
        return ends;
    }

    private void begin(Thread thread) {
        running.lock();
        try {
            runner = thread;
        } finally {
            running.unlock();
        }
    }

    /**
     * Interrupts the thread that runs it, if there is one.
     *
     * @param end for that thread to conclude with, if it has not concluded before
     * @return whether there is one
     */
    private boolean stop(@Nullable FillOutcome end) {
        FillRun begun = run;
        if (begun != null) {
            begun.cancel();
        }
        running.lock();
        try {
            if (runner != null) {
                runner.interrupt();
                left = end;
            }
            return runner != null;
        } finally {
            running.unlock();
        }
    }

    /** From now on its thread is not interrupted, and takes no interrupt to its next task. */
    private void land() {
        FillOutcome end;
        running.lock();
        try {
            runner = null;
            end = left;
        } finally {
            running.unlock();
        }
        Thread.interrupted();
        try {
            if (end != null) {
                conclude(end);
            }
        } finally {
            board.landed();
        }
    }

    private FillOutcome fly() {
        try {
            shared.listener().began(digest, origin);
            FillRun begun = new FillRun(digest, expectedLength, origin, shared, board);
            run = begun;
            return begun.run();
        } catch (OriginException e) {
            return FillOutcome.OriginFailed.by(e);
        } catch (InterruptedException e) {
            return new FillOutcome.Aborted();
        } catch (RuntimeException | Error e) {
            return new FillOutcome.Broken(e);
        }
    }

    private void finish(FillOutcome end) {
        if (board.decide(end)) {
            conclude(end);
        }
    }

    private void conclude(FillOutcome end) {
        FillRun begun = run;
        try {
            onEnd.accept(this);
            shared.listener().ended(digest, origin, end, begun == null ? 0 : begun.received());
        } finally {
            board.announceEnd();
        }
    }
}
