package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Receiver.EndedException;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Brings the parts of a blob that readers wait for, and nothing else. Where the store takes nothing, what the readers want
 * passes through memory, in one stretch from the first byte that any of them wants.
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

    /** Goes on until all is wanted, which it says by true, or nothing any more. */
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

    private void bring(RangeTask part) throws OriginException, InterruptedException, EndedException {
        if (!connections.ownMayBring()) {
            monitor.giveBack(part);
            monitor.awaitArrival(part.position());
            return;
        }
        try {
            Transfer source = receiver.open(part);
            boolean isAll = part.position() == 0 && part.to() >= receiver.length().orElse(ByteRange.END);
            if (source.isWhole() && !isAll) {
                monitor.change(FillState::wantWhole);
                return;
            }
            monitor.answered(receiver.length());
            monitor.whenMore(connections::begin);
            receiver.store(part, source, buffer);
        } catch (StoreException e) {
            content.refuse(e);
        } catch (OriginException e) {
            if (!part.isDropped() || monitor.outcome() != null) {
                throw e;
            }
        } finally {
            part.end();
            monitor.giveBack(part);
            connections.ownHasBrought();
        }
    }

    /** Passes on what the readers want, and ends; unless one has come meanwhile that wants the whole. */
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
            all.end();
            monitor.giveBack(all);
        }
    }
}
