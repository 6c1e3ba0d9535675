package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Receiver.EndedException;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Brings the parts of a blob that readers wait for, and nothing else. Where the store takes nothing, what the readers want
 * passes through memory, in one stretch from the first byte that any of them wants.
 */
final class RangeFill {

    private final FillBoard board;
    private final FillBuffer content;
    private final RangeScheduler scheduler;
    private final Demand demand;
    private final Receiver receiver;
    private final ParallelConnections helpers;
    private final ByteBuffer buffer = ByteBuffer.allocate(Hashing.BUFFER_BYTES);

    RangeFill(FillBoard board, Receiver receiver, ParallelConnections helpers) {
        this.board = board;
        this.content = board.buffer();
        this.scheduler = board.scheduler();
        this.demand = board.demand();
        this.receiver = receiver;
        this.helpers = helpers;
    }

    /** Goes on until all is wanted, which it says by true, or nothing any more. */
    boolean run() throws OriginException, InterruptedException, EndedException {
        if (receiver.length().isEmpty() && !learnLength()) {
            demand.becomeWhole();
            return true;
        }
        while (true) {
            switch (scheduler.awaitPart(receiver.length().orElse(ByteRange.END))) {
                case RangeScheduler.Next.Whole all -> {
                    return true;
                }
                case RangeScheduler.Next.Nothing none -> {
                    return false;
                }
                case RangeScheduler.Next.Part(RangeTask part) when content.refusal() != null -> {
                    scheduler.giveBack(part);
                    passOn();
                }
                case RangeScheduler.Next.Part(RangeTask part) -> bring(part);
            }
        }
    }

    /** Brings the first bytes that are missing, which tell the length; false when the origin does not state it. */
    private boolean learnLength() throws OriginException, InterruptedException, EndedException {
        RangeTask first = content.refusal() == null ? scheduler.claimFirst() : null;
        if (first != null) {
            bring(first);
        }
        return receiver.length().isPresent();
    }

    private void bring(RangeTask part) throws OriginException, InterruptedException, EndedException {
        if (!helpers.ownMayBring()) {
            scheduler.giveBack(part);
            scheduler.awaitArrival(part.position());
            return;
        }
        try {
            Transfer source = receiver.open(part);
            boolean isAll = part.position() == 0 && part.to() >= receiver.length().orElse(ByteRange.END);
            if (source.isWhole() && !isAll) {
                demand.becomeWhole();
                return;
            }
            board.opened(receiver.length());
            scheduler.whenMore(helpers::begin);
            receiver.store(part, source, buffer);
        } catch (StoreException e) {
            content.refuse(e);
        } catch (OriginException e) {
            if (!part.isDropped() || board.end() != null) {
                throw e;
            }
        } finally {
            part.end();
            scheduler.giveBack(part);
            helpers.ownHasBrought();
        }
    }

    /** Passes on what the readers want, and ends; unless one has come meanwhile that wants the whole. */
    private void passOn() throws OriginException, InterruptedException, EndedException {
        helpers.stop();
        StoreException refusal = Objects.requireNonNull(content.refusal());
        OptionalLong slowest = demand.closeAtSlowest();
        if (slowest.isEmpty()) {
            return;
        }
        long from = slowest.getAsLong();
        if (from < receiver.length().orElse(ByteRange.END)) {
            content.pass(refusal, from);
            scheduler.forgetFrom(from);
            RangeTask all = scheduler.claim(from, ByteRange.END);
            if (all != null) {
                passOn(all);
            }
        }
        throw new EndedException(new FillOutcome.Abandoned("it is not stored: " + refusal.getMessage()));
    }

    private void passOn(RangeTask all) throws OriginException, InterruptedException, EndedException {
        try {
            Transfer source = receiver.open(all);
            board.opened(receiver.length());
            boolean isWanted = true;
            while (isWanted && receiver.read(all, source, buffer.clear())) {
                long from = all.position();
                isWanted = board.append(all, buffer);
                board.arrived(from, all.position());
            }
            content.awaitNobody();
        } finally {
            all.end();
            scheduler.giveBack(all);
        }
    }
}
