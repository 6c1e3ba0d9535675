package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Content.Source;
import dev.freshet.cache.fill.RingBuffer.Bounds;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.ByteRanges;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one lock of a fill, and all that its threads and readers do under it. {@link FillState}, its {@link RangeScheduler}, the
 * ring of the {@link FillBuffer} and what {@link ParallelConnections} count are plain data, reached under the lock alone.
 *
 * <p>There is one condition: a change that a thread may wait for signals it, and each waiter looks again. While the lock is held
 * no thread waits for an origin or the store, and no listener or reader is called.
 *
 * <p>It holds the buffer until the fill has left it and the last reader has too.
 */
final class FillMonitor {

    /** The clock may be another than the one that waits are timed by, so each wait looks at it so often. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Bounds bounds;
    private final Fetching fetching;
    private final FillState state;
    private final FillBuffer buffer = new FillBuffer();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Runnable onMore = () -> {};
    private int waitingForBytes;
    private long waitedForReadersNanos;
    private boolean isFillRunning = true;
    private volatile long published;
    private volatile @Nullable FillOutcome announced;

    FillMonitor(Bounds bounds, Fetching fetching) {
        this.bounds = bounds;
        this.fetching = fetching;
        this.state = new FillState(fetching);
    }

    /** The bytes, for the fill's threads. */
    FillBuffer buffer() {
        return buffer;
    }

    /** Does something under the lock that no thread waits for. */
    <T extends @Nullable Object> T locked(Function<FillState, T> steps) {
        lock.lock();
        try {
            return steps.apply(state);
        } finally {
            lock.unlock();
        }
    }

    /** Makes a change under the lock, and lets all threads that wait look again. */
    void change(Consumer<FillState> change) {
        locked(known -> {
            change.accept(known);
            return signal();
        });
    }

    private boolean signal() {
        changed.signalAll();
        return true;
    }

    /** Makes a change under the lock, which says whether readers may have more by it, and then wakes those. */
    private void publish(Predicate<FillState> change) {
        FillReader.wake(locked(known -> {
            boolean more = change.test(known);
            published = known.published();
            announced = known.announced();
            return more ? known.takeReady() : List.of();
        }));
    }

    /** Waits, under the lock, until something is so. */
    void awaitUninterruptibly(BooleanSupplier condition) {
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The fill knows what it begins with, or begins anew, as {@link FillState#begin} says. */
    void begin(ByteRanges left, int alignment, OptionalLong stated) {
        publish(known -> {
            known.begin(left, alignment, stated);
            return signal();
        });
    }

    /** The origin has answered. */
    void answered(OptionalLong stated) {
        change(known -> known.answer(stated));
    }

    /** Bytes have come: readers of ranges may have them, and readers of the whole may if none is missing before them. */
    void arrived(long from, long to) {
        publish(known -> {
            known.arrive(from, to);
            return waitingForBytes == 0 || signal();
        });
    }

    /** Of a blob of unknown length, more has come: what is present already is not its end. */
    void goesOn() {
        publish(FillState::goOn);
    }

    /** Everything before a position is hashed. */
    void hashed(long position) {
        publish(known -> {
            if (known.ranges().frontIs(position)) {
                onMore.run();
            }
            return known.hash(position);
        });
    }

    /** The digest is right: readers may have everything, whether or not the commit succeeds. */
    void verified(long total) {
        publish(known -> {
            known.verify(total);
            return signal();
        });
    }

    /** The end, once it is decided. */
    @Nullable
    FillOutcome outcome() {
        return locked(FillState::outcome);
    }

    /** Tells readers of the end that was decided, unless they have everything already. */
    void announceEnd() {
        publish(known -> {
            known.announce();
            return signal();
        });
    }

    /** The fill's thread will not touch the buffer any more. */
    void fillHasLeft() {
        change(known -> {
            isFillRunning = false;
            closeWhenUnused();
        });
    }

    private void closeWhenUnused() {
        if (!isFillRunning && !state.hasReaders()) {
            buffer.close();
        }
    }

    /**
     * Takes a task's next bytes, which are not there for readers yet, and waits for readers where the store takes none: there,
     * and only there, a fill waits for them.
     *
     * @return false when they pass through memory and no reader is left
     */
    boolean append(RangeTask task, ByteBuffer source) throws InterruptedException {
        long readable = Math.max(published, task.position());
        if (buffer.ring() == null) {
            try {
                buffer.store(task, source);
                return true;
            } catch (StoreException e) {
                buffer.discardIfFull(e);
                passThrough(e, task.position());
            }
        }
        int count = source.remaining();
        boolean isRead = addToRing(source, readable);
        task.passed(count - source.remaining());
        return isRead;
    }

    private boolean addToRing(ByteBuffer source, long readable) throws InterruptedException {
        lock.lock();
        try {
            RingBuffer ring = buffer.ring();
            while (ring != null && source.hasRemaining() && state.hasReaders()) {
                ring.add(source);
                if (source.hasRemaining()) {
                    ring.dropBefore(state.slowest());
                    awaitReaders(ring.isFull(), readable);
                }
            }
            if (!state.hasReaders()) {
                state.loseStart();
            }
            return state.hasReaders();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until readers have what has passed, and have gone. */
    void awaitNoReaders() throws InterruptedException {
        lock.lock();
        try {
            while (state.hasReaders()) {
                awaitReaders(true, Long.MAX_VALUE);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Cuts readers that have stood still for too long, or waits until one has moved; the caller looks again. */
    @SuppressWarnings("WaitNotInLoop")
    private void awaitReaders(boolean mustWait, long readable) throws InterruptedException {
        long patience = bounds.patience().toNanos();
        long most = mustWait ? state.cutStanding(waitedForReadersNanos, readable, patience) : 0;
        if (most > 0) {
            waitedForReadersNanos += most - changed.awaitNanos(most);
        }
    }

    /** Lets the bytes from a position on pass through memory. */
    void passThrough(StoreException why, long from) {
        change(known -> {
            known.passThrough();
            buffer.passThrough(why, new RingBuffer(bounds.window(), from));
        });
    }

    /** Waits for a range to bring; null when everything is wanted, or nothing has been for too long. */
    @Nullable
    RangeTask awaitRange(long length) throws InterruptedException {
        lock.lock();
        try {
            long left = fetching.linger().toNanos();
            while (true) {
                if (state.isWholeWanted() || state.ranges().present().bytes() > length / 4 * 3) {
                    state.wantWhole();
                    return null;
                }
                RangeTask task = state.claimWanted();
                if (task != null) {
                    return task;
                }
                if (state.hasReaders() || state.ranges().isBusy()) {
                    changed.await();
                    left = fetching.linger().toNanos();
                } else if (left > 0) {
                    left = changed.awaitNanos(left);
                } else {
                    state.close();
                    return null;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Claims bytes from a position on; null when another connection brings the first of them. */
    @Nullable
    RangeTask claim(long from, long to) {
        return locked(known -> known.ranges().claim(from, to));
    }

    /** A task is complete, or not brought any further: lets go of its connection, and of what is missing of it. */
    void giveBack(RangeTask mine) {
        mine.end();
        change(known -> known.ranges().giveBack(mine));
    }

    /**
     * Waits for what one more connection may bring.
     *
     * @param waits whether to wait, asked again and again
     * @return null when there will be nothing, or it does not wait any longer
     */
    @Nullable
    RangeTask awaitMore(BooleanSupplier waits) throws InterruptedException {
        lock.lock();
        try {
            RangeTask next = state.claimMore();
            while (next == null && waits.getAsBoolean() && state.ranges().mayBeMore()) {
                awaitMoment();
                next = state.claimMore();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Waits a moment for bytes at a position, which another connection brings, and replaces one that is too slow. */
    void awaitArrival(long position) throws InterruptedException {
        lock.lock();
        try {
            waitingForBytes++;
            if (!state.ranges().present().contains(position)) {
                awaitMoment();
            }
        } finally {
            waitingForBytes--;
            lock.unlock();
        }
    }

    /** The caller looks again at what it waits for, so it does no harm that this may end early. */
    @SuppressWarnings("WaitNotInLoop")
    private void awaitMoment() throws InterruptedException {
        changed.awaitNanos(LOOK_NANOS);
        state.ranges().dropSlow();
    }

    /** Runs a task under the lock, from now on, whenever there may be more for a further connection to bring. */
    void whenMore(Runnable task) {
        change(known -> onMore = task);
    }

    /** Several connections may bring what follows the front from now on. */
    void allowParallel() {
        change(known -> {
            known.ranges().allowParallel();
            onMore.run();
        });
    }

    /** One connection is to bring the whole, as several do not work. */
    void forbidParallel() {
        change(known -> known.ranges().forbidParallel());
    }

    /** The position behind the last byte that is present without a gap from this one on. */
    long endOfRun(long position) {
        return locked(known -> known.ranges().present().endOfRun(position));
    }

    /** The time in nanoseconds. */
    long now() {
        return fetching.nanoTime().getAsLong();
    }

    /**
     * One more reader, which must close its content; empty when the first bytes have passed by already, or the fill is about
     * to end as it has no readers.
     *
     * @param isWhole whether it wants everything, or will say what
     * @param expected the length, as a manifest has stated it
     * @param source where the bytes come from
     */
    Optional<FillReader> join(boolean isWhole, OptionalLong expected, Supplier<Source> source) {
        FillReader reader = new FillReader(this, isWhole, expected, source);
        return locked(known -> {
            if (!isJoinable()) {
                return Optional.empty();
            }
            known.add(reader);
            if (isWhole) {
                known.wantWhole();
                wantsHaveChanged();
            }
            return Optional.of(reader);
        });
    }

    /** Whether {@link #join} would find it possible now. */
    boolean isJoinable() {
        return locked(known -> known.isJoinable() && buffer.hasStart());
    }

    /** A reader has gone; a second call does nothing. */
    void leave(FillReader reader) {
        locked(known -> {
            known.remove(reader);
            closeWhenUnused();
            return wantsHaveChanged();
        });
    }

    /** How many bytes readers of the whole may have. */
    long published() {
        return published;
    }

    /** The end as readers have it: complete as soon as all is verified. */
    @Nullable
    FillOutcome announced() {
        return announced;
    }

    /** How long readers wait for an answer when they know the length. */
    Duration headPatience() {
        return fetching.headPatience();
    }

    /**
     * Waits until the length is known, or known to be unknown, or the end is there; says whether that is so in time.
     *
     * @param needsAnswer whether the length is not enough, as the origin may refuse
     */
    boolean awaitHead(boolean needsAnswer, Duration timeout) throws InterruptedException {
        return awaitHead(known -> known.isHeadKnown(needsAnswer), timeout);
    }

    /** Waits until a byte is present, or the origin has answered, or the end is there; not for long. */
    void awaitAnswer(long position) throws InterruptedException {
        awaitHead(known -> known.isHeadKnown(true) || known.ranges().present().contains(position), headPatience());
    }

    private boolean awaitHead(Predicate<FillState> isKnown, Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long deadline = now() + timeout.toNanos();
            while (!isKnown.test(state)) {
                long left = deadline - now();
                if (left <= 0) {
                    return false;
                }
                changed.awaitNanos(Math.min(left, LOOK_NANOS));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A reader says what it wants; where that comes from is what is present now. */
    Source want(FillReader reader, List<ByteRange> ranges) {
        return locked(known -> {
            reader.wants(ranges);
            wantsHaveChanged();
            return known.ranges().sourceOf(ranges);
        });
    }

    /** Readers have come, gone, or wait for something else. */
    private boolean wantsHaveChanged() {
        onMore.run();
        return signal();
    }

    /** Runs a task when a byte is present or the end is; at once, if they are. */
    void whenReadable(FillReader reader, long position, Runnable task) {
        boolean isReady = locked(known -> {
            boolean ready = known.isReady(reader, position);
            if (!ready) {
                known.await(reader, position, task);
                wantsHaveChanged();
            }
            return ready;
        });
        if (isReady) {
            task.run();
        }
    }

    /** Copies bytes that a reader may have; at least one where there is one and the buffer has room. */
    int read(long position, ByteBuffer destination) throws StoreException {
        RingBuffer ring = buffer.ring();
        if (ring == null || position < ring.first()) {
            return buffer.read(position, destination);
        }
        lock.lock();
        try {
            return ring.read(position, destination);
        } finally {
            lock.unlock();
        }
    }

    /** A reader has come further, for which a fill waits only when bytes pass through memory. */
    void readerMoved() {
        if (buffer.ring() != null) {
            locked(known -> signal());
        }
    }
}
