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
 * What a fill does between its beginning and its end, on its own thread.
 *
 * <p>It looks for what an earlier fill has left in the store. As long as its readers want parts only, it brings those
 * ({@link RangeFill}). When somebody wants everything, or most of it is here, {@link WholeFill} brings the rest, hashes it all
 * and sees whether the digest is right. {@link ParallelConnections} bring what they can beside it.
 */
final class FillRun {

    private final Digest digest;
    private final BlobStore store;
    private final FillBoard board;
    private final FillBuffer buffer;
    private final RangeScheduler scheduler;
    private final Receiver receiver;
    private final ParallelConnections helpers;
    private final WatchedOrigin origin;
    private final Shared shared;

    /** @param expected as for {@link Fill} */
    FillRun(Digest digest, OptionalLong expected, WatchedOrigin origin, Shared shared, FillBoard board) {
        this.digest = digest;
        this.store = shared.store();
        this.origin = origin;
        this.shared = shared;
        this.board = board;
        this.buffer = board.buffer();
        this.scheduler = board.scheduler();
        this.receiver = new Receiver(digest, expected, shared.fetching().largest(), origin, board);
        this.helpers = new ParallelConnections(scheduler, receiver, shared.helpers(), Math.max(2, shared.fetching().connections()));
    }

    /** How many bytes have come from the origin. */
    long received() {
        return receiver.received();
    }

    /** Makes {@link #run} end soon; may be called by any thread. */
    void cancel() {
        scheduler.dropAll();
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
                buffer.discard();
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
            buffer.discard();
        } else {
            buffer.keep();
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
            board.begun(left, buffer.grain(), receiver.length());
            RangeFill parts = new RangeFill(board, receiver, helpers);
            if (!parts.run()) {
                return new FillOutcome.Abandoned("nobody has asked for all of it");
            }
        } else {
            board.begun(load(false), buffer.grain(), receiver.length());
        }
        return new WholeFill(digest, shared, board, receiver, helpers, this::judge).run();
    }

    /** Takes up what an earlier fill has left, unless it is more than there should be, or of no concern here. */
    private ByteRanges load(boolean isSparse) {
        if (shared.isApart() && !isSparse) {
            return new ByteRanges();
        }
        try {
            BlobWriter found = isSparse
                    ? store.beginSparse(digest, receiver.length())
                    : store.begin(digest, OptionalLong.empty());
            buffer.load(found);
            ByteRanges left = found.present();
            boolean isOurs = !shared.isApart() || left.runs() == 0;
            boolean fits = isOurs && left.end() <= receiver.length().orElse(ByteRange.END);
            if (fits && (isSparse || left.runs() > 0)) {
                return left;
            }
            buffer.unload();
            if (isSparse) {
                buffer.load(store.beginSparse(digest, receiver.length()));
            }
        } catch (StoreException e) {
            if (isSparse) {
                buffer.refuse(e);
            }
        }
        return new ByteRanges();
    }
}
