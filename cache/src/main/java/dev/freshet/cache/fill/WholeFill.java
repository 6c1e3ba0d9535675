package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Receiver.EndedException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The part of a fill that brings all of a blob, hashes it from its first byte to its last, and stores it if its digest is
 * right. For the fill's own thread.
 *
 * <p>It goes along the <em>front</em>, behind which everything is hashed: it reads back bytes that are present, waits for bytes
 * that another connection brings, and brings the rest itself. A large blob gets further connections when the first one has
 * brought its first task too slowly, or has been at it for a second.
 *
 * <p>Bytes of an earlier fill that cannot be read are discarded: the fill begins again from zero as long as no reader can have
 * had any of them, and otherwise goes on behind the last good byte, without the store.
 */
final class WholeFill {

    private final Digest digest;
    private final Fill.Shared shared;
    private final FillMonitor monitor;
    private final FillBuffer content;
    private final Receiver receiver;
    private final ParallelConnections connections;
    private final Hashing hashing;
    private final Consumer<Boolean> judge;

    private @Nullable RangeTask ahead;
    private @Nullable Transfer source;
    private boolean ended;
    private boolean alone;
    private boolean passing;
    private boolean several;
    private long front;

    /** @param judge hears whether the digest is right, after the commit */
    WholeFill(Digest digest, Fill.Shared shared, FillMonitor monitor, Receiver receiver,
            ParallelConnections connections,
            Consumer<Boolean> judge) {
        this.judge = judge;
        this.digest = digest;
        this.shared = shared;
        this.monitor = monitor;
        this.content = monitor.buffer();
        this.receiver = receiver;
        this.connections = connections;
        this.hashing = new Hashing(digest.algorithm(), shared.hashThreads());
    }

    FillOutcome run() throws OriginException, InterruptedException, EndedException {
        try {
            begin();
            monitor.answered(receiver.length());
            monitor.whenMore(connections::begin);
            connections.begin();
            while (!isAtEnd() || ahead != null) {
                goOn();
            }
            return verify();
        } finally {
            giveBack();
        }
    }

    private boolean isAtEnd() {
        return ended || (receiver.length().isPresent() && front == receiver.length().getAsLong());
    }

    /** Asks for what is missing, and makes room for it. */
    private void begin() throws OriginException, InterruptedException, EndedException {
        ByteRanges left = monitor.locked(state -> state.ranges().present().copy());
        if (receiver.length().isPresent() && left.isAll(receiver.length().getAsLong())) {
            receiver.needsNothing();
            return;
        }
        if (connections.ownMayBring()) {
            connect(left.endOfRun(0));
        }
        if (left.end() > receiver.length().orElse(ByteRange.END)) {
            giveBack();
            left = new ByteRanges();
            content.unload();
            monitor.begin(left, 1, receiver.length());
            connect(0);
        }
        if (left.runs() > 0) {
            receiver.hasResumed(shared.listener(), left.bytes());
        }
        if (content.isEmpty()) {
            makeRoom();
        }
    }

    /** A store that has failed before is asked once more now that the length is known. */
    private void makeRoom() {
        try {
            content.load(shared.store().beginAnew(digest, receiver.length()));
        } catch (StoreException e) {
            pass(e);
        }
    }

    private void pass(StoreException why) {
        monitor.passThrough(why, front);
        passOn();
    }

    /** The store takes nothing more: everything from the front on comes over this one connection. */
    private void passOn() {
        passing = true;
        alone = true;
        connections.stop();
        monitor.change(state -> state.ranges().forgetFrom(front));
    }

    private void goOn() throws OriginException, InterruptedException, EndedException {
        long ready = monitor.endOfRun(front);
        if (ready > front) {
            readBack(ready);
            return;
        }
        if (ahead == null || ahead.position() != front) {
            giveBack();
            if (!connections.ownMayBring() || !connect(front)) {
                connections.ownHasBrought();
                connections.begin();
                monitor.awaitArrival(front);
                return;
            }
        }
        RangeTask mine = Objects.requireNonNull(ahead);
        try {
            receive(mine, Objects.requireNonNull(source));
        } catch (OriginException e) {
            if (!receiver.isReplaced(mine)) {
                throw e;
            }
        } finally {
            giveBack();
        }
    }

    /** Opens a connection for what follows a position; false when another connection brings that, or it was dropped. */
    private boolean connect(long from) throws OriginException, InterruptedException, EndedException {
        boolean mayBeSeveral = !alone && !monitor.locked(state -> state.ranges().isSingle())
                && shared.fetching().isLarge(receiver.length().orElse(0));
        RangeTask mine = monitor.claim(from, mayBeSeveral ? from + shared.fetching().taskBytes() : ByteRange.END);
        if (mine == null) {
            return false;
        }
        ahead = mine;
        try {
            Transfer opened = receiver.open(mine);
            source = opened;
            if (opened.isWhole() && mayBeSeveral) {
                alone = true;
                monitor.forbidParallel();
                monitor.change(state -> state.ranges().extend(mine));
            }
            return true;
        } catch (OriginException e) {
            if (!receiver.isReplaced(mine)) {
                throw e;
            }
            giveBack();
            return false;
        }
    }

    private void giveBack() {
        RangeTask mine = ahead;
        if (mine != null) {
            monitor.giveBack(mine);
            ahead = null;
            source = null;
            connections.ownHasBrought();
        }
    }

    /** Hashes what is there already. */
    private void readBack(long to) throws OriginException, InterruptedException, EndedException {
        try {
            while (front < to) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while hashing what is there of " + digest);
                }
                ByteBuffer buffer = hashing.next();
                buffer.limit((int) Math.min(buffer.limit(), to - front));
                if (content.read(front, buffer) <= 0) {
                    throw new StoreException("read of what is there of " + digest + " ended at byte " + front);
                }
                int count = buffer.flip().remaining();
                hashing.add(buffer);
                front += count;
                monitor.hashed(front);
            }
        } catch (StoreException unreadable) {
            forsake(unreadable);
        }
    }

    private void forsake(StoreException unreadable) throws OriginException, InterruptedException, EndedException {
        giveBack();
        connections.stop();
        if (front == 0 && monitor.locked(FillState::hasReadersOfWholeOnly)) {
            content.unload();
            monitor.begin(new ByteRanges(), 1, receiver.length());
            connect(0);
            makeRoom();
        } else {
            content.discard();
            pass(unreadable);
        }
    }

    private void receive(RangeTask mine, Transfer from) throws OriginException, InterruptedException, EndedException {
        ByteBuffer buffer = hashing.next();
        while (receiver.read(mine, from, buffer)) {
            monitor.goesOn();
            hashing.add(buffer);
            if (!monitor.append(mine, buffer)) {
                throw new EndedException(abandoned());
            }
            long before = front;
            front = mine.position();
            if (content.ring() != null && !passing) {
                passOn();
            }
            monitor.arrived(before, front);
            monitor.hashed(front);
            allowSeveralIfSlow(mine);
            buffer = hashing.next();
        }
        receiver.requireEnd(mine);
        ended = receiver.length().isEmpty();
        if (!alone && mine.isComplete()) {
            boolean isTooSlow = mine.rate(monitor.now()) < shared.fetching().enough();
            alone = !isTooSlow;
            if (isTooSlow && shared.fetching().isLarge(receiver.length().orElse(0))) {
                monitor.allowParallel();
            }
        }
    }

    /** A first connection that is slow gets others beside it before its task is complete: it may be one to replace. */
    private void allowSeveralIfSlow(RangeTask mine) {
        if (!alone && !several && mine.waited(monitor.now()) >= Fetching.SLOW_AGE.toNanos()
                && shared.fetching().isLarge(receiver.length().orElse(0))) {
            several = true;
            monitor.allowParallel();
        }
    }

    private FillOutcome abandoned() {
        StoreException refusal = Objects.requireNonNull(content.refusal());
        return new FillOutcome.Abandoned("it is not stored: " + refusal.getMessage());
    }

    private FillOutcome verify() throws InterruptedException {
        Digest actual = hashing.end();
        if (!actual.equals(digest)) {
            content.discard();
            judge.accept(false);
            return new FillOutcome.DigestMismatch(digest, actual);
        }
        monitor.verified(front);
        content.commit();
        judge.accept(true);
        StoreException refusal = content.refusal();
        return refusal == null ? new FillOutcome.Complete(front) : new FillOutcome.Passed(front, refusal);
    }
}
