package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a run of bytes, which come in buffers. A full buffer says that bytes come faster than they are dealt with: it
 * is hashed by another thread, if one is free, while the next bytes come. To be used by one thread.
 */
final class Hashing {

    /** Bytes in a buffer. */
    static final int BUFFER_BYTES = 128 * 1024;

    /** At most so many: the other thread may be far behind, as it does not get a core at once when all are busy. */
    private static final int BUFFERS = 32;

    /** So many are kept for later when the other thread has nothing to do. */
    private static final int KEPT = 1;

    private final Digest.Algorithm algorithm;
    private final MessageDigest hash;
    private final Threads threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private @Nullable ByteBuffer lent;
    private boolean running;
    private int made;

    Hashing(Digest.Algorithm algorithm, Threads threads) {
        this.algorithm = algorithm;
        this.hash = algorithm.newHash();
        this.threads = threads;
    }

    /** An empty buffer for the next bytes; the one before it must not be used any more. */
    ByteBuffer next() throws InterruptedException {
        lock.lock();
        try {
            while (lent == null) {
                lent = free.poll();
                if (lent == null && made < BUFFERS) {
                    made++;
                    lent = ByteBuffer.allocate(BUFFER_BYTES);
                }
                if (lent == null) {
                    changed.await();
                }
            }
            return lent.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Adds the bytes that are in the buffer, which may be read meanwhile, and must not be changed. */
    void add(ByteBuffer bytes) throws InterruptedException {
        lock.lock();
        try {
            if (bytes.remaining() == BUFFER_BYTES && (running || threads.tryRun(this::hashWaiting))) {
                running = true;
                waiting.add(bytes.duplicate());
                lent = null;
                return;
            }
            await();
        } finally {
            lock.unlock();
        }
        hash.update(bytes.duplicate());
    }

    /** The digest of everything that was added. */
    Digest end() throws InterruptedException {
        lock.lock();
        try {
            await();
        } finally {
            lock.unlock();
        }
        return Digest.of(algorithm, hash);
    }

    private void await() throws InterruptedException {
        while (running) {
            changed.await();
        }
    }

    private void hashWaiting() {
        for (ByteBuffer next = take(null); next != null; next = take(next)) {
            hash.update(next);
        }
    }

    /** Gives a buffer back and takes the next; when there is none, this thread must not touch anything any more. */
    private @Nullable ByteBuffer take(@Nullable ByteBuffer done) {
        lock.lock();
        try {
            if (done != null) {
                free.push(done);
            }
            ByteBuffer next = waiting.poll();
            running = next != null;
            while (!running && free.size() > KEPT) {
                free.pop();
                made--;
            }
            changed.signal();
            return next;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A few threads that hash beside the fills, for those that are fast. They are half as many as there are cores: when many
     * fills run at once the cores are busy anyway, and each hashes for itself.
     */
    static final class Threads implements AutoCloseable {

        private static final long IDLE_SECONDS = 30;

        private final Semaphore free;
        private final ThreadPoolExecutor threads;

        /** @param cores how many there are for everything */
        Threads(int cores) {
            int most = cores / 2;
            ThreadFactory factory = Thread.ofPlatform().name("hash-", 0).daemon().factory();
            this.free = new Semaphore(most);
            this.threads = new ThreadPoolExecutor(Math.max(1, most), Math.max(1, most), IDLE_SECONDS, TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(), factory);
            threads.allowCoreThreadTimeOut(true);
        }

        /** Runs it beside the caller; false when no thread is free. */
        boolean tryRun(Runnable hashing) {
            if (!free.tryAcquire()) {
                return false;
            }
            try {
                threads.execute(() -> {
                    try {
                        hashing.run();
                    } finally {
                        free.release();
                    }
                });
                return true;
            } catch (RejectedExecutionException e) {
                free.release();
                return false;
            }
        }

        /** From now on each hashes for itself; what runs already goes on to its end. */
        @Override
        public void close() {
            threads.shutdown();
        }
    }
}
