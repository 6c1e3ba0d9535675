package dev.freshet.proxy.upstream.call;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * What one download has open at its upstream: one call at a time. One thread at a time makes calls and reads answers,
 * between {@link #enter} and {@link #leave}; any thread may close it, which ends a call under way, also while its answer's
 * head is waited for.
 */
public final class CancellableCall implements AutoCloseable {

    private final ReentrantLock use = new ReentrantLock();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private volatile @Nullable Call call;
    private @Nullable Reply reply;

    /** Begins to use it; a close meanwhile leaves the tidying to {@link #leave}. */
    public void enter() {
        use.lock();
    }

    /** Ends what {@link #enter} began. */
    public void leave() {
        use.unlock();
        if (isClosed()) {
            tidy();
        }
    }

    /** Notes the call that is made next. */
    public void dials(Call next) {
        call = next;
        if (isClosed()) {
            next.cancel();
        }
    }

    /** Notes what has been answered. */
    public void answered(Reply answer) {
        reply = answer;
    }

    /** Cuts off the answer, if there is one. */
    public void hangUp() {
        Reply open = reply;
        freed();
        if (open != null) {
            open.close();
        }
    }

    /** Notes that the answer has been let go of. */
    public void freed() {
        call = null;
        reply = null;
    }

    /** Whether a call is under way, or its answer is being read. */
    public boolean isCalling() {
        return call != null;
    }

    public boolean isClosed() {
        return closed.isDone();
    }

    /** Completed when it is closed. */
    public CompletableFuture<Void> closed() {
        return closed;
    }

    @Override
    public void close() {
        closed.complete(null);
        Call running = call;
        if (running != null) {
            running.cancel();
        }
        tidy();
    }

    /** Frees the answer, unless a thread uses it, which then does so in {@link #leave}. */
    private void tidy() {
        if (use.tryLock()) {
            try {
                hangUp();
            } finally {
                use.unlock();
            }
        }
    }
}
