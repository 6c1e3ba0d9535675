package dev.freshet.cache.memory;

import dev.freshet.cache.memory.Slot.ChunkKey;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory of all chunks that are on their way to disk, and of chunks that are on disk and were read lately. The former are
 * never dropped; the latter are when their memory is needed, the oldest first, except that a chunk that was read since gets a
 * second turn. It grows up to its bound as it is used and never shrinks. Thread-safe.
 */
public final class ChunkMemory {

    private final int chunkSize;
    private final int most;
    private final Duration patience;
    private final ConcurrentMap<ChunkKey, Slot> chunks = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Waiter> waiters = new PriorityQueue<>(Comparator.comparingLong(Waiter::fill));
    private final Deque<Slot> free = new ArrayDeque<>();
    private final Deque<Slot> settled = new ArrayDeque<>();
    private final AtomicLong returned = new AtomicLong();
    private int made;

    /** A way to bring chunks to disk earlier than planned. */
    public interface Relief {

        /**
         * Sets something in motion, without waiting for it.
         *
         * @throws StoreException if the caller need not wait any longer, as its chunk would be of no use
         */
        void begin() throws StoreException;
    }

    /**
     * A thread that waits for memory. The oldest fill is served first, so that it ends; if all were served in turns, all would
     * advance in small steps, each of which costs the disk as much as a large one.
     */
    private record Waiter(long fill, Condition turn) {}

    /**
     * Makes a memory of which nothing is taken yet.
     *
     * @param bytes the bound, at least one chunk
     * @param chunkSize bytes of each slot
     * @param patience how long writers wait while all of it is on its way to disk and nothing arrives there
     */
    public ChunkMemory(long bytes, int chunkSize, Duration patience) {
        this.chunkSize = chunkSize;
        this.most = Math.toIntExact(bytes / chunkSize);
        this.patience = patience;
        if (most < 1) {
            throw new IllegalArgumentException("memory of " + bytes + " bytes holds no chunk of " + chunkSize);
        }
    }

    /** A watch on whether chunks reach the disk, for a thread that waits. */
    public Progress progress() {
        return new Progress(returned::get, (long) most * chunkSize, patience);
    }

    /** Bytes of each slot. */
    public int chunkSize() {
        return chunkSize;
    }

    /**
     * Lends memory for a chunk, which can be read under its key from now on.
     *
     * @param relief asked when there is none, while the caller waits
     * @throws StoreException if nothing has reached the disk for longer than the patience, the relief says so, or the thread
     *     is interrupted
     */
    public Slot take(Supplier<String> attempt, long fill, long chunk, Relief relief) throws StoreException {
        Slot slot = tryTake();
        if (slot == null) {
            slot = await(attempt, fill, relief);
        }
        ChunkKey key = new ChunkKey(fill, chunk);
        slot.lend(key);
        chunks.put(key, slot);
        return slot;
    }

    private @Nullable Slot tryTake() {
        lock.lock();
        try {
            return waiters.isEmpty() ? takeFree() : null;
        } finally {
            lock.unlock();
        }
    }

    private Slot await(Supplier<String> attempt, long fill, Relief relief) throws StoreException {
        Waiter me = enqueue(fill);
        try {
            Progress progress = progress();
            Slot slot = await(me);
            while (slot == null) {
                progress.require(attempt);
                relief.begin();
                slot = await(me);
            }
            return slot;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(attempt.get() + " failed: it was interrupted", e);
        } finally {
            dequeue(me);
        }
    }

    private Waiter enqueue(long fill) {
        lock.lock();
        try {
            Waiter me = new Waiter(fill, lock.newCondition());
            waiters.add(me);
            return me;
        } finally {
            lock.unlock();
        }
    }

    private void dequeue(Waiter me) {
        lock.lock();
        try {
            waiters.remove(me);
            wakeFirst();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Slot await(Waiter me) throws InterruptedException {
        lock.lock();
        try {
            long left = Progress.BETWEEN_LOOKS.toNanos();
            Slot slot = takeIfFirst(me);
            while (slot == null && left > 0) {
                left = me.turn.awaitNanos(left);
                slot = takeIfFirst(me);
            }
            return slot;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Slot takeIfFirst(Waiter me) {
        return me.equals(waiters.peek()) ? takeFree() : null;
    }

    private void wakeFirst() {
        Waiter first = waiters.peek();
        if (first != null) {
            first.turn.signal();
        }
    }

    private @Nullable Slot takeFree() {
        Slot slot = free.poll();
        if (slot == null && made < most) {
            made++;
            return new Slot(ByteBuffer.allocateDirect(chunkSize));
        }
        return slot == null ? takeSettled() : slot;
    }

    private @Nullable Slot takeSettled() {
        for (int turns = settled.size(); turns > 0; turns--) {
            Slot oldest = settled.remove();
            if (turns > 1 && oldest.takeUsed()) {
                settled.add(oldest);
            } else {
                forget(oldest);
                return oldest;
            }
        }
        return null;
    }

    private void forget(Slot slot) {
        ChunkKey key = slot.key();
        if (key != null) {
            chunks.remove(key, slot);
        }
        slot.lend(null);
    }

    /** Notes that a chunk can be read elsewhere from now on: its memory may be lent anew, and until then serves readers. */
    public void settle(Iterable<Slot> slots) {
        lock.lock();
        try {
            slots.forEach(settled::add);
            returned.incrementAndGet();
            wakeFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Takes memory back that no thread reads any more. */
    public void giveBack(Iterable<Slot> slots) {
        lock.lock();
        try {
            for (Slot slot : slots) {
                forget(slot);
                free.push(slot);
            }
            returned.incrementAndGet();
            wakeFirst();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Copies bytes of a chunk, and moves the destination's position behind them.
     *
     * @return whether the chunk was here; if not, the destination's content from its position on is lost
     */
    public boolean read(long fill, long chunk, int offset, int count, ByteBuffer destination) {
        ChunkKey key = new ChunkKey(fill, chunk);
        Slot slot = chunks.get(key);
        if (slot == null || !slot.copy(key, offset, count, destination)) {
            return false;
        }
        destination.position(destination.position() + count);
        return true;
    }

    /** Bytes that writers have borrowed. */
    public long borrowed() {
        lock.lock();
        try {
            return (long) (made - free.size() - settled.size()) * chunkSize;
        } finally {
            lock.unlock();
        }
    }
}
