package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Receiver.EndedException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.StoreException;
import java.util.OptionalLong;

/**
 * What a flight does between its beginning and its end, on its own thread.
 *
 * <p>It looks for what an earlier flight has left in the store. As long as its readers want parts only, it brings those
 * ({@link PartsFill}). When somebody wants everything, or most of it is here, {@link WholeFill} brings the rest, hashes it all
 * and sees whether the digest is right. {@link Helpers} bring what they can beside it.
 */
final class Fill {

    private final Digest digest;
    private final BlobStore store;
    private final FlightBoard board;
    private final Cargo cargo;
    private final Work work;
    private final Receiver receiver;
    private final Helpers helpers;
    private final WatchedOrigin origin;
    private final Shared shared;

    /** @param expected as for {@link Flight} */
    Fill(Digest digest, OptionalLong expected, WatchedOrigin origin, Shared shared, FlightBoard board) {
        this.digest = digest;
        this.store = shared.store();
        this.origin = origin;
        this.shared = shared;
        this.board = board;
        this.cargo = board.cargo();
        this.work = board.work();
        this.receiver = new Receiver(digest, expected, shared.fetching().largest(), origin, board);
        this.helpers = new Helpers(work, receiver, shared.helpers(), Math.max(2, shared.fetching().connections()));
    }

    /** How many bytes have come from the origin. */
    long received() {
        return receiver.received();
    }

    /** Makes {@link #run} end soon; may be called by any thread. */
    void cancel() {
        work.dropAll();
    }

    /** Does all of it. */
    FillOutcome run() throws OriginException, InterruptedException {
        boolean verified = false;
        try {
            FillOutcome end = bring();
            verified = end instanceof FillOutcome.Complete || end instanceof FillOutcome.Passed;
            return end;
        } catch (EndedException e) {
            if (e.end() instanceof FillOutcome.TooShort || e.end() instanceof FillOutcome.TooLarge) {
                cargo.discard();
                judge(false);
            }
            return e.end();
        } finally {
            helpers.stop();
            if (!verified) {
                leave();
            }
        }
    }

    private void leave() {
        if (shared.isApart()) {
            cargo.discard();
        } else {
            cargo.keep();
        }
    }

    private void judge(boolean isRight) {
        if (shared.isApart()) {
            origin.judged(isRight);
        }
    }

    private FillOutcome bring() throws OriginException, InterruptedException, EndedException {
        if (!board.demand().isOfWhole()) {
            ByteRanges left = load(true);
            board.begun(left, cargo.grain(), receiver.length());
            PartsFill parts = new PartsFill(board, receiver, helpers);
            if (!parts.run()) {
                return new FillOutcome.Abandoned("nobody has asked for all of it");
            }
        } else {
            board.begun(load(false), cargo.grain(), receiver.length());
        }
        return new WholeFill(digest, shared, board, receiver, helpers, this::judge).run();
    }

    /** Takes up what an earlier flight has left, unless it is more than there should be, or of no concern here. */
    private ByteRanges load(boolean isSparse) {
        if (shared.isApart() && !isSparse) {
            return new ByteRanges();
        }
        try {
            BlobWriter found = isSparse
                    ? store.beginSparse(digest, receiver.length())
                    : store.begin(digest, OptionalLong.empty());
            cargo.load(found);
            ByteRanges left = found.present();
            boolean isOurs = !shared.isApart() || left.runs() == 0;
            boolean fits = isOurs && left.end() <= receiver.length().orElse(ByteRange.END);
            if (fits && (isSparse || left.runs() > 0)) {
                return left;
            }
            cargo.unload();
            if (isSparse) {
                cargo.load(store.beginSparse(digest, receiver.length()));
            }
        } catch (StoreException e) {
            if (isSparse) {
                cargo.refuse(e);
            }
        }
        return new ByteRanges();
    }
}
