package dev.freshet.proxy;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that fetch blobs: platform threads, as a fill hashes and writes into native code all the time and would
 * pin a virtual thread's carrier. So many run at once, four times as many wait, more are rejected.
 */
final class FillThreads implements Executor, AutoCloseable {

    private static final int WAITING_PER_RUNNING = 4;
    private static final long IDLE_SECONDS = 30;
    private static final long CLOSE_SECONDS = 10;

    private final ThreadPoolExecutor threads;

    /** @param most how many fills may run at once */
    FillThreads(int most) {
        ThreadFactory factory = Thread.ofPlatform().name("fill-", 0).factory();
        this.threads = new ThreadPoolExecutor(most, most, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(most * WAITING_PER_RUNNING), factory);
        threads.allowCoreThreadTimeOut(true);
    }

    /** @throws RejectedExecutionException if too many are waiting already */
    @Override
    public void execute(Runnable fill) {
        threads.execute(fill);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("fills did not end within " + CLOSE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
