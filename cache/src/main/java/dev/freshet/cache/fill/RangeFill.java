package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Receiver.EndedException;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The part of a fill that brings the ranges that readers wait for, and nothing else. Where the store takes nothing, those
 * ranges pass through memory, over one connection from the first byte that a reader wants. For the fill's own thread.
 */
final class RangeFill {

    private final FillMonitor monitor;
    private final FillBuffer content;
    private final Receiver receiver;
    private final ParallelConnections connections;
    private final ByteBuffer buffer = ByteBuffer.allocate(Hashing.BUFFER_BYTES);

    RangeFill(FillMonitor monitor, Receiver receiver, ParallelConnections connections) {
        this.monitor = monitor;
        this.content = monitor.buffer();
        this.receiver = receiver;
        this.connections = connections;
    }

    /** Goes on until the whole is wanted, and returns true, or until no range has been wanted for too long. */
    boolean run() throws OriginException, InterruptedException, EndedException {
        if (receiver.length().isEmpty() && !learnLength()) {
            monitor.change(FillState::wantWhole);
            return true;
        }
        for (RangeTask next = awaitNext(); next != null; next = awaitNext()) {
            if (content.refusal() == null) {
                bring(next);
            } else {
                monitor.giveBack(next);
                passOn();
            }
        }
        return monitor.locked(FillState::isWholeWanted);
    }

    private @Nullable RangeTask awaitNext() throws InterruptedException {
        return monitor.awaitRange(receiver.length().orElse(ByteRange.END));
    }

    /** Brings the first bytes that are missing, which tell the length; false when the origin does not state it. */
    private boolean learnLength() throws OriginException, InterruptedException, EndedException {
        RangeTask first = content.refusal() == null ? claimFirst() : null;
        if (first != null) {
            bring(first);
        }
        return receiver.length().isPresent();
    }

    private @Nullable RangeTask claimFirst() {
        long first = monitor.endOfRun(0);
        return monitor.claim(first, first + 1);
    }

    private void bring(RangeTask task) throws OriginException, InterruptedException, EndedException {
        if (!connections.ownMayBring()) {
            monitor.giveBack(task);
            monitor.awaitArrival(task.position());
            return;
        }
        try {
            Transfer source = receiver.open(task);
            boolean isAll = task.position() == 0 && task.to() >= receiver.length().orElse(ByteRange.END);
            if (source.isWhole() && !isAll) {
                monitor.change(FillState::wantWhole);
                return;
            }
            monitor.answered(receiver.length());
            monitor.whenMore(connections::begin);
            receiver.store(task, source, buffer);
        } catch (StoreException e) {
            content.refuse(e);
        } catch (OriginException e) {
            if (!receiver.isReplaced(task)) {
                throw e;
            }
        } finally {
            monitor.giveBack(task);
            connections.ownHasBrought();
        }
    }

    /** Passes on the ranges that readers want, and ends; unless a reader has come meanwhile that wants the whole. */
    private void passOn() throws OriginException, InterruptedException, EndedException {
        connections.stop();
        StoreException refusal = Objects.requireNonNull(content.refusal());
        OptionalLong slowest = monitor.locked(FillState::closeAtSlowest);
        if (slowest.isEmpty()) {
            return;
        }
        long from = slowest.getAsLong();
        if (from < receiver.length().orElse(ByteRange.END)) {
            monitor.passThrough(refusal, from);
            monitor.change(state -> state.ranges().forgetFrom(from));
            RangeTask all = monitor.claim(from, ByteRange.END);
            if (all != null) {
                passOn(all);
            }
        }
        throw new EndedException(new FillOutcome.Abandoned("it is not stored: " + refusal.getMessage()));
    }

    private void passOn(RangeTask all) throws OriginException, InterruptedException, EndedException {
        try {
            Transfer source = receiver.open(all);
            monitor.answered(receiver.length());
            boolean isWanted = true;
            while (isWanted && receiver.read(all, source, buffer.clear())) {
                long from = all.position();
                isWanted = monitor.append(all, buffer);
                monitor.arrived(from, all.position());
            }
            monitor.awaitNoReaders();
        } finally {
            monitor.giveBack(all);
        }
    }
}
