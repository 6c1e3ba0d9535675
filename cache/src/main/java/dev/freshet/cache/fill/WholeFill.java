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
 * Brings all of a blob, hashes it from its first byte to its last, and stores it if its digest is right.
 *
 * <p>It goes along the <em>front</em>, behind which everything is hashed. What is there already is read back; what somebody
 * else brings is waited for; the rest it brings itself, and hashes it as it comes. A large blob of which one connection has
 * brought a first stretch too slowly, or has not brought it for a second, gets more of them.
 *
 * <p>A left-over that cannot be read is discarded: the fill begins again from zero as long as no reader can have had any
 * of it, and otherwise goes on behind the last good byte, without the store.
 */
final class WholeFill {

    private final Digest digest;
    private final Shared shared;
    private final FillBoard board;
    private final FillBuffer content;
    private final RangeScheduler scheduler;
    private final Receiver receiver;
    private final ParallelConnections helpers;
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
    WholeFill(Digest digest, Shared shared, FillBoard board, Receiver receiver, ParallelConnections helpers,
            Consumer<Boolean> judge) {
        this.judge = judge;
        this.digest = digest;
        this.shared = shared;
        this.board = board;
        this.content = board.buffer();
        this.scheduler = board.scheduler();
        this.receiver = receiver;
        this.helpers = helpers;
        this.hashing = new Hashing(digest.algorithm(), shared.hashThreads());
    }

    FillOutcome run() throws OriginException, InterruptedException, EndedException {
        try {
            begin();
            board.opened(receiver.length());
            scheduler.whenMore(helpers::begin);
            helpers.begin();
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
        ByteRanges left = scheduler.present();
        if (receiver.length().isPresent() && left.isAll(receiver.length().getAsLong())) {
            receiver.needsNothing();
            return;
        }
        if (helpers.ownMayBring()) {
            connect(left.endOfRun(0));
        }
        if (left.end() > receiver.length().orElse(ByteRange.END)) {
            giveBack();
            left = new ByteRanges();
            content.unload();
            board.begun(left, 1, receiver.length());
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
        content.pass(why, front);
        passOn();
    }

    /** The store takes nothing more: everything from the front on comes over this one connection. */
    private void passOn() {
        passing = true;
        alone = true;
        helpers.stop();
        scheduler.forgetFrom(front);
    }

    private void goOn() throws OriginException, InterruptedException, EndedException {
        long ready = scheduler.endOfRun(front);
        if (ready > front) {
            readBack(ready);
            return;
        }
        if (ahead == null || ahead.position() != front) {
            giveBack();
            if (!helpers.ownMayBring() || !connect(front)) {
                helpers.ownHasBrought();
                helpers.begin();
                scheduler.awaitArrival(front);
                return;
            }
        }
        try {
            receive(Objects.requireNonNull(ahead), Objects.requireNonNull(source));
        } catch (OriginException e) {
            if (!isDropped()) {
                throw e;
            }
        } finally {
            giveBack();
        }
    }

    private boolean isDropped() {
        return ahead != null && ahead.isDropped() && board.end() == null;
    }

    /** Opens a connection for what follows a position; false when somebody else brings that, or it was dropped. */
    private boolean connect(long from) throws OriginException, InterruptedException, EndedException {
        boolean mayBeSeveral = !alone && !scheduler.isSingle() && shared.fetching().isLarge(receiver.length().orElse(0));
        RangeTask mine = scheduler.claim(from, mayBeSeveral ? from + shared.fetching().stretch() : ByteRange.END);
        if (mine == null) {
            return false;
        }
        ahead = mine;
        try {
            Transfer opened = receiver.open(mine);
            source = opened;
            if (opened.isWhole() && mayBeSeveral) {
                alone = true;
                scheduler.forbidParallel();
                scheduler.extend(mine);
            }
            return true;
        } catch (OriginException e) {
            if (!isDropped()) {
                throw e;
            }
            giveBack();
            return false;
        }
    }

    private void giveBack() {
        RangeTask mine = ahead;
        if (mine != null) {
            mine.end();
            scheduler.giveBack(mine);
            ahead = null;
            source = null;
            helpers.ownHasBrought();
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
                board.hashed(front);
            }
        } catch (StoreException unreadable) {
            forsake(unreadable);
        }
    }

    private void forsake(StoreException unreadable) throws OriginException, InterruptedException, EndedException {
        giveBack();
        helpers.stop();
        if (front == 0 && board.hasReadersOfWholeOnly()) {
            content.unload();
            board.begun(new ByteRanges(), 1, receiver.length());
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
            board.goesOn();
            hashing.add(buffer);
            if (!board.append(mine, buffer)) {
                throw new EndedException(abandoned());
            }
            long before = front;
            front = mine.position();
            if (content.isPassing() && !passing) {
                passOn();
            }
            board.arrived(before, front);
            board.hashed(front);
            allowSeveralIfSlow(mine);
            buffer = hashing.next();
        }
        receiver.requireEnd(mine);
        ended = receiver.length().isEmpty();
        if (!alone && mine.isComplete()) {
            boolean isTooSlow = mine.rate(scheduler.now()) < shared.fetching().enough();
            alone = !isTooSlow;
            if (isTooSlow && shared.fetching().isLarge(receiver.length().orElse(0))) {
                scheduler.allowParallel();
            }
        }
    }

    /** A first connection that is slow gets others beside it before its stretch is complete: it may be one to replace. */
    private void allowSeveralIfSlow(RangeTask mine) {
        if (!alone && !several && mine.waited(scheduler.now()) >= Fetching.STRAGGLER_AGE.toNanos()
                && shared.fetching().isLarge(receiver.length().orElse(0))) {
            several = true;
            scheduler.allowParallel();
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
        board.verified(front);
        content.commit();
        judge.accept(true);
        StoreException refusal = content.refusal();
        return refusal == null ? new FillOutcome.Complete(front) : new FillOutcome.Passed(front, refusal);
    }
}
