package dev.freshet.cache.fill;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A few threads that hash beside the fills, for those that are fast. They are half as many as there are cores: when many
 * fills run at once the cores are busy anyway, and each hashes for itself.
 */
final class HashThreads implements AutoCloseable {

    private static final long IDLE_SECONDS = 30;

    private final Semaphore free;
    private final ThreadPoolExecutor threads;

    /** @param cores how many there are for everything */
    HashThreads(int cores) {
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
