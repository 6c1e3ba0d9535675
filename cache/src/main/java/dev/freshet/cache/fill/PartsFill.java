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
final class PartsFill {

    private final FlightBoard board;
    private final Cargo cargo;
    private final Work work;
    private final Demand demand;
    private final Receiver receiver;
    private final Helpers helpers;
    private final ByteBuffer buffer = ByteBuffer.allocate(Hashing.BUFFER_BYTES);

    PartsFill(FlightBoard board, Receiver receiver, Helpers helpers) {
        this.board = board;
        this.cargo = board.cargo();
        this.work = board.work();
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
            switch (work.awaitPart(receiver.length().orElse(ByteRange.END))) {
                case Work.Next.Whole all -> {
                    return true;
                }
                case Work.Next.Nothing none -> {
                    return false;
                }
                case Work.Next.Part(Stretch part) when cargo.refusal() != null -> {
                    work.giveBack(part);
                    passOn();
                }
                case Work.Next.Part(Stretch part) -> bring(part);
            }
        }
    }

    /** Brings the first bytes that are missing, which tell the length; false when the origin does not state it. */
    private boolean learnLength() throws OriginException, InterruptedException, EndedException {
        Stretch first = cargo.refusal() == null ? work.claimFirst() : null;
        if (first != null) {
            bring(first);
        }
        return receiver.length().isPresent();
    }

    private void bring(Stretch part) throws OriginException, InterruptedException, EndedException {
        if (!helpers.ownMayBring()) {
            work.giveBack(part);
            work.awaitArrival(part.position());
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
            work.whenMore(helpers::begin);
            receiver.store(part, source, buffer);
        } catch (StoreException e) {
            cargo.refuse(e);
        } catch (OriginException e) {
            if (!part.isDropped() || board.end() != null) {
                throw e;
            }
        } finally {
            part.end();
            work.giveBack(part);
            helpers.ownHasBrought();
        }
    }

    /** Passes on what the readers want, and ends; unless one has come meanwhile that wants the whole. */
    private void passOn() throws OriginException, InterruptedException, EndedException {
        helpers.stop();
        StoreException refusal = Objects.requireNonNull(cargo.refusal());
        OptionalLong slowest = demand.closeAtSlowest();
        if (slowest.isEmpty()) {
            return;
        }
        long from = slowest.getAsLong();
        if (from < receiver.length().orElse(ByteRange.END)) {
            cargo.pass(refusal, from);
            work.forgetFrom(from);
            Stretch all = work.claim(from, ByteRange.END);
            if (all != null) {
                passOn(all);
            }
        }
        throw new EndedException(new FillOutcome.Abandoned("it is not stored: " + refusal.getMessage()));
    }

    private void passOn(Stretch all) throws OriginException, InterruptedException, EndedException {
        try {
            Transfer source = receiver.open(all);
            board.opened(receiver.length());
            boolean isWanted = true;
            while (isWanted && receiver.read(all, source, buffer.clear())) {
                long from = all.position();
                isWanted = board.append(all, buffer);
                board.arrived(from, all.position());
            }
            cargo.awaitNobody();
        } finally {
            all.end();
            work.giveBack(all);
        }
    }
}
