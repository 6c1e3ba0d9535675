package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Fills.FillKey;
import dev.freshet.cache.fill.Receiver.EndedException;
import dev.freshet.cache.fill.RingBuffer.Bounds;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.Event;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A transfer of a blob from its origin into the cache, joined by any number of readers. It is detached from the client that
 * began it, and runs on a thread of its own until its one end.
 *
 * <p>The law it keeps: the digest is verified before the commit, and the last bytes are withheld from readers until it is, so
 * that no reader of the whole ever completes a body that is wrong. Readers do not wait for the commit, and a reader that comes
 * while it is made still joins.
 *
 * <p>As long as its readers want ranges only, {@link RangeFill} brings those. When a reader wants everything, or most of it is
 * present, {@link WholeFill} brings the rest, hashes it all and sees whether the digest is right. {@link ParallelConnections}
 * bring what they can beside it. All that they and the readers share is in the {@link FillMonitor}, under the one lock.
 */
final class Fill implements Runnable {

    /**
     * What all fills of a cache share.
     *
     * @param store takes their bytes
     * @param bounds for bytes that it does not take
     * @param hashThreads for the fast ones
     * @param fetching how they fetch
     * @param helpers runs their further connections, and rejects what is too many
     * @param listener learns how they begin and end
     */
    record Shared(BlobStore store, Bounds bounds, Hashing.Threads hashThreads, Fetching fetching, Executor helpers,
            Consumer<Event> listener) {}

    private final Digest digest;
    private final boolean isScoped;
    private final BlobOrigin origin;
    private final Shared shared;
    private final Consumer<Fill> onEnd;
    private final FillMonitor monitor;
    private final Receiver receiver;
    private final ParallelConnections connections;
    private volatile long endsNanos = Long.MAX_VALUE;
    private @Nullable Thread runner;

    /**
     * @param expected bytes, as a manifest has stated it; an origin that states another is refused, and one that states none
     *     is taken at the manifest's word; empty when none has
     * @param onEnd runs once, when the end is decided and before readers learn of it
     */
    Fill(FillKey key, OptionalLong expected, BlobOrigin origin, Shared shared, Consumer<Fill> onEnd) {
        this.digest = key.digest();
        this.isScoped = key.scope().isPresent();
        this.origin = origin;
        this.shared = shared;
        this.onEnd = onEnd;
        this.monitor = new FillMonitor(shared.bounds(), shared.fetching());
        this.receiver = new Receiver(digest, expected, shared.fetching().largest(), origin, monitor);
        this.connections = new ParallelConnections(monitor, receiver, shared.helpers(),
                Math.max(2, shared.fetching().connections()));
    }

    /** The repository that it is fetched from. */
    Repository repository() {
        return origin.repository();
    }

    /** What its threads and its readers share. */
    FillMonitor monitor() {
        return monitor;
    }

    /** As {@link FillMonitor#join}. */
    Optional<FillReader> join(boolean isWhole, OptionalLong expected) {
        return monitor.join(isWhole, expected, receiver::source);
    }

    @Override
    public void run() {
        endsNanos = monitor.now() + shared.fetching().longest().toNanos();
        monitor.change(state -> runner = Thread.currentThread());
        try {
            if (monitor.outcome() == null) {
                end(bring());
            }
        } finally {
            leaveThread();
        }
    }

    private FillOutcome bring() {
        try {
            shared.listener().accept(new FillEvent.Began(digest, origin));
            return bringAndLeave();
        } catch (OriginException e) {
            return new FillOutcome.OriginFailed(e);
        } catch (InterruptedException e) {
            return new FillOutcome.Aborted();
        } catch (RuntimeException | Error e) {
            return new FillOutcome.Broken(e);
        }
    }

    private FillOutcome bringAndLeave() throws OriginException, InterruptedException {
        boolean verified = false;
        try {
            FillOutcome end = bringWanted();
            verified = end instanceof FillOutcome.Complete || end instanceof FillOutcome.Passed;
            return end;
        } catch (EndedException e) {
            if (e.end() instanceof FillOutcome.TooShort || e.end() instanceof FillOutcome.TooLarge) {
                monitor.buffer().discard();
                judge(false);
            }
            return e.end();
        } finally {
            connections.stop();
            if (!verified && isScoped) {
                monitor.buffer().discard();
            } else if (!verified) {
                monitor.buffer().keep();
            }
        }
    }

    private FillOutcome bringWanted() throws OriginException, InterruptedException, EndedException {
        boolean isSparse = !monitor.locked(FillState::isWholeWanted);
        FillBuffer buffer = monitor.buffer();
        ByteRanges left = buffer.open(shared.store(), digest, receiver.length(), isSparse, isScoped);
        monitor.begin(left, buffer.alignment(), receiver.length());
        if (isSparse && !new RangeFill(monitor, receiver, connections).run()) {
            return new FillOutcome.Abandoned("no client has asked for all of it");
        }
        return new WholeFill(digest, shared, monitor, receiver, connections, this::judge).run();
    }

    /** Tells an origin with a sharing scope whether what it sent has the digest, after the commit. */
    private void judge(boolean isRight) {
        if (isScoped) {
            origin.judged(isRight);
        }
    }

    /** From now on the thread is not interrupted, takes no interrupt to its next task, and does not touch the buffer. */
    private void leaveThread() {
        monitor.change(state -> runner = null);
        Thread.interrupted();
        try {
            conclude();
        } finally {
            monitor.fillHasLeft();
        }
    }

    /** Ends it now, in any phase; its readers are cut off, also when it was about to end otherwise. */
    void abort() {
        end(new FillOutcome.Aborted());
        conclude();
        stop();
    }

    /** Ends it if it has taken too long, and wakes readers that need not wait for it any longer. */
    void look() {
        if (endsNanos != Long.MAX_VALUE && monitor.now() - endsNanos >= 0
                && end(new FillOutcome.TookTooLong(digest, shared.fetching().longest()))) {
            stopAndConclude();
        }
        FillReader.wake(monitor.locked(state -> state.isStandingStill() ? state.takeLeaving() : List.of()));
    }

    /** Ends it soon, unless another reader than the first has ever joined, or the first reads it still; says whether it does. */
    boolean abandon() {
        FillOutcome end = new FillOutcome.Abandoned("no client has come for what was fetched ahead");
        boolean ends = monitor.locked(state -> state.endUnlessJoined(end));
        if (ends) {
            stopAndConclude();
        }
        return ends;
    }

    /** Decides the end; only the first call does, and says so by returning true. {@link #conclude} tells of it. */
    private boolean end(FillOutcome with) {
        return monitor.locked(state -> state.end(with));
    }

    /** Leaves the conclusion to the thread, if there is one: what has come is there for the next fill when this one has ended. */
    private void stopAndConclude() {
        if (!stop()) {
            conclude();
        }
    }

    /** Ends its connections, and interrupts the thread that runs it; says whether there is one. */
    private boolean stop() {
        monitor.change(state -> state.ranges().dropAll());
        return monitor.locked(state -> {
            Thread running = runner;
            if (running != null) {
                running.interrupt();
            }
            return running != null;
        });
    }

    /** Tells the cache, the listener and the readers of the end, once, on whichever thread comes first. */
    private void conclude() {
        FillOutcome end = monitor.<@Nullable FillOutcome>locked(FillState::takeEnd);
        if (end == null) {
            return;
        }
        try {
            onEnd.accept(this);
            shared.listener().accept(new FillEvent.Ended(digest, origin, end, receiver.received()));
        } finally {
            monitor.announceEnd();
        }
    }
}
