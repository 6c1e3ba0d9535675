package dev.freshet.cache.rocks;

import dev.freshet.cache.memory.Progress;
import dev.freshet.cache.memory.Slot;
import dev.freshet.cache.rocks.catalog.PartialBlob;
import dev.freshet.cache.rocks.segment.ChunkReader;
import dev.freshet.cache.rocks.segment.Segments;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreFullException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The completion of one writer's segments: chunks from anywhere in a blob go to disk, segment by segment, on threads of
 * their own. What is durable is noted after each segment, so that a later writer can go on with it; not after the last
 * one of a content that is being committed, if its last chunk is cut short, as nothing can follow it but the commit
 * record. After a failure nothing more is stored, and the chunks stay in memory, to be read, until the end. May be used
 * by any thread.
 */
final class SegmentSealer {

    private static final int WAITING_AT_MOST = 2;

    private final SegmentWriter writer;
    private final Executor threads;
    private final ChunkReader.Run run;
    private final long expected;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<OpenSegment> waiting = new ArrayDeque<>();
    private final List<Slot> kept = new ArrayList<>();
    private boolean running;
    private boolean ended;
    private volatile boolean committing;
    private @Nullable Runnable whenIdle;
    private volatile @Nullable StoreException failure;
    private long promised;
    private volatile PartialBlob durable;
    private volatile boolean whole = true;

    /**
     * Begins with nothing on its way.
     *
     * @param expected bytes of the whole content; -1 when unknown
     * @param before what an earlier writer has left under this number
     * @param promised bytes that the quota has been charged for it, besides
     */
    SegmentSealer(SegmentWriter writer, Executor threads, ChunkReader.Run run, long expected, PartialBlob before,
            long promised) {
        this.writer = writer;
        this.threads = threads;
        this.run = run;
        this.expected = expected;
        this.durable = before;
        this.promised = promised;
    }

    /** The chunks that this seals, held by the caller of the begin. */
    ChunkReader.Run run() {
        return run;
    }

    /** Bytes of the whole content; -1 when unknown. */
    long expected() {
        return expected;
    }

    /** What is on disk. */
    PartialBlob durable() {
        return durable;
    }

    /** Whether a later writer can go on from what is on disk: no chunk is cut short but where the end is expected. */
    boolean canBeGoneOnWith() {
        return whole;
    }

    /** Fails when something before has: nothing more will be stored. */
    void requireGood(Supplier<String> attempt) throws StoreException {
        StoreException cause = failure;
        if (cause instanceof StoreFullException) {
            throw new StoreFullException(String.valueOf(cause.getMessage()));
        }
        if (cause != null) {
            throw new StoreException(attempt.get() + " failed: " + cause.getMessage(), cause);
        }
    }

    /** Waits while the disk is so far behind that this one writer would take all the memory. */
    void awaitTurn(Supplier<String> attempt) throws StoreException {
        lock.lock();
        try {
            Progress progress = writer.memory().progress();
            while (waiting.size() >= WAITING_AT_MOST && failure == null) {
                progress.require(attempt);
                long left = Progress.BETWEEN_LOOKS.toNanos();
                while (left > 0 && waiting.size() >= WAITING_AT_MOST && failure == null) {
                    left = changed.awaitNanos(left);
                }
            }
            requireGood(attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(attempt.get() + " failed: it was interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    /** Takes over the next chunks. */
    void add(long first, List<Slot> slots, int lastBytes) {
        lock.lock();
        try {
            if (failure != null) {
                kept.addAll(slots);
                return;
            }
            OpenSegment segment = new OpenSegment(first, slots, lastBytes, run.chunkSize());
            waiting.add(segment);
            writer.onTheirWay().addAndGet(segment.bytes());
            if (!running) {
                threads.execute(this::storeAll);
                running = true;
            }
        } catch (RejectedExecutionException e) {
            failure = new StoreException("append to " + run.digest() + " failed: the store is closed", e);
            keepWaiting();
        } finally {
            lock.unlock();
        }
    }

    /** From now on the last chunks of its content are added, which is about to be committed. */
    void beginLast() {
        committing = true;
    }

    /** Waits until all that was added is durable. */
    void await(Supplier<String> attempt) throws StoreException {
        lock.lock();
        try {
            while (running) {
                changed.await();
            }
            requireGood(attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(attempt.get() + " failed: it was interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    private void storeAll() {
        for (OpenSegment next = next(); next != null; next = next()) {
            try {
                store(next);
                writer.memory().settle(next.slots());
            } catch (StoreException | RuntimeException | Error e) {
                fail(next, e instanceof StoreException known ? known : new StoreException("storing failed: " + e, e));
            } finally {
                writer.onTheirWay().addAndGet(-next.bytes());
            }
        }
    }

    /** The next segment; when there is none, this thread must not touch anything any more. */
    private @Nullable OpenSegment next() {
        Runnable last;
        lock.lock();
        try {
            OpenSegment next = ended ? null : waiting.poll();
            if (next != null) {
                changed.signalAll();
                return next;
            }
            running = false;
            last = whenIdle;
            whenIdle = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.run();
        }
        return null;
    }

    private void store(OpenSegment segment) throws StoreException {
        Supplier<String> attempt = () -> "append to " + run.digest();
        long most = Segments.atMost(segment.bytes(), segment.count());
        if (promised < most) {
            writer.evictor().charge(attempt, most - promised);
            promised = most;
        }
        long bytes = writer.put(attempt, run.number(), segment.first(), segment);
        promised -= bytes;
        PartialBlob more = durable.with(segment.range(), bytes);
        durable = more;
        if (!segment.isWhole() && segment.range().to() != expected) {
            whole = false;
        } else if (segment.isWhole() || !committing) {
            writer.note(attempt, run.number(), more);
        }
    }

    private void fail(OpenSegment segment, StoreException cause) {
        lock.lock();
        try {
            failure = cause;
            kept.addAll(segment.slots());
            keepWaiting();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void keepWaiting() {
        for (OpenSegment later : waiting) {
            kept.addAll(later.slots());
            writer.onTheirWay().addAndGet(-later.bytes());
        }
        waiting.clear();
    }

    /**
     * Ends it, and the rest of what was promised goes back. Waits for nothing.
     *
     * @param keep whether what was added is to become durable still; else what is not on its way yet is forgotten
     * @param whenAtRest runs once when nothing is on its way any more, at once or on another thread
     */
    void end(boolean keep, Runnable whenAtRest) {
        lock.lock();
        try {
            if (!keep) {
                ended = true;
                keepWaiting();
            }
            if (running) {
                whenIdle = () -> finish(whenAtRest);
                return;
            }
        } finally {
            lock.unlock();
        }
        finish(whenAtRest);
    }

    private void finish(Runnable whenAtRest) {
        writer.memory().giveBack(kept);
        writer.evictor().release(promised);
        promised = 0;
        whenAtRest.run();
    }

    /**
     * Consecutive chunks in memory that become one segment.
     *
     * @param first the place of the first one
     * @param slots the memory of each
     * @param lastBytes bytes of the last one; all others are full
     * @param chunkSize bytes of a full one
     */
    private record OpenSegment(long first, List<Slot> slots, int lastBytes, int chunkSize) implements Segments.Source {

        @Override
        public int count() {
            return slots.size();
        }

        @Override
        public ByteBuffer chunk(int index) {
            return slots.get(index).from(0).limit(index == slots.size() - 1 ? lastBytes : chunkSize);
        }

        /** Its place in the content. */
        ByteRange range() {
            return new ByteRange(first * chunkSize, first * chunkSize + bytes());
        }

        /** Whether more chunks can follow it. */
        boolean isWhole() {
            return lastBytes == chunkSize;
        }

        long bytes() {
            return (slots.size() - 1L) * chunkSize + lastBytes;
        }
    }
}
