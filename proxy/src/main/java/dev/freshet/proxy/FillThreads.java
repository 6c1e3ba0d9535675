package dev.freshet.proxy;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of fills. They are platform threads: a fill hashes and calls native code all the time, which would pin the
 * carrier of a virtual thread. The number of threads is bounded; further tasks wait in a bounded queue or are rejected.
 */
final class FillThreads implements Executor, AutoCloseable {

    private static final int WAITING_PER_RUNNING = 4;
    private static final long IDLE_SECONDS = 30;
    private static final long CLOSE_SECONDS = 10;

    private final ThreadPoolExecutor threads;

    private FillThreads(int most, String name, BlockingQueue<Runnable> queue) {
        ThreadFactory factory = Thread.ofPlatform().name(name, 0).factory();
        this.threads = new ThreadPoolExecutor(most, most, IDLE_SECONDS, TimeUnit.SECONDS, queue, factory);
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Threads for fills. The queue holds four times as many fills.
     *
     * @param most maximum number of running fills
     */
    static FillThreads forFills(int most) {
        return new FillThreads(most, "fill-", new LinkedBlockingQueue<>(most * WAITING_PER_RUNNING));
    }

    /**
     * Threads for further connections of fills, without a queue: a fill continues without the connection.
     *
     * @param fills maximum number of running fills
     * @param connections maximum number per fill, including the first, which uses the thread of the fill
     */
    static FillThreads forConnections(int fills, int connections) {
        return new FillThreads(Math.max(1, fills * (connections - 1)), "connection-", new SynchronousQueue<>());
    }

    /** @throws RejectedExecutionException if the queue is full */
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
