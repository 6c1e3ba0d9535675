package dev.freshet.proxy.upstream;

import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.flight.Transfer;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.proxy.upstream.RegistryCalls.Reply;
import dev.freshet.proxy.upstream.UpstreamEvents.RefreshReason;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One blob as one unbroken run of bytes, over as many connections and signed URLs as it takes.
 *
 * <p>Every attempt asks the registry anew, which gives a fresh signed URL, and for the bytes that are still missing only.
 * An answer that does not begin at the right byte is never joined to what is there: a wrong {@code Content-Range} is
 * refused, and of a whole body the known part is skipped. An upstream that gets ranges wrong again and again is asked for
 * the whole.
 */
final class BlobDownload implements Transfer {

    private static final int MOST_WRONG_RANGES = 2;

    private final Attempts attempts;
    private final RetryBudget budget;
    private final long from;
    private final UpstreamEvents events;
    private final RegistryHost upstream;
    private final Pace pace;
    private final Thread owner = Thread.currentThread();

    private volatile boolean closed;
    private volatile @Nullable Reply reply;
    private @Nullable AnswerBody body;
    private OptionalLong length = OptionalLong.empty();
    private long position;
    private int wrongRanges;

    /** One attempt to get the blob from a position on. */
    interface Attempts {

        /**
         * Asks the registry, follows it to the storage, and returns the answer: 200, or 206 or 416 when a range was
         * asked for.
         *
         * @param position of the first byte that is wanted; no range is asked for when it is 0
         */
        Reply begin(long position) throws OriginException, InterruptedException;

        /** The beginning of a message about this blob's failure. */
        String failed();
    }

    private BlobDownload(RegistryHost upstream, long from, Attempts attempts, RetryBudget budget,
            UpstreamEvents events, Pace pace) {
        this.from = from;
        this.position = from;
        this.upstream = upstream;
        this.attempts = attempts;
        this.budget = budget;
        this.events = events;
        this.pace = pace;
    }

    /**
     * Begins a download; returns when the first answer's head is there.
     *
     * @param from position of the first byte that is wanted
     */
    static BlobDownload open(RegistryHost upstream, long from, Attempts attempts, RetryBudget budget,
            UpstreamEvents events, Pace pace) throws OriginException, InterruptedException {
        BlobDownload download = new BlobDownload(upstream, from, attempts, budget, events, pace);
        boolean opened = false;
        try {
            download.connect(null);
            opened = true;
            return download;
        } finally {
            if (!opened) {
                download.close();
            }
        }
    }

    @Override
    public OptionalLong length() {
        return length;
    }

    @Override
    public int read(ByteBuffer destination) throws OriginException, InterruptedException {
        budget.back();
        while (true) {
            if (budget.isTrickling()) {
                connect(broken("bytes came too slowly up to byte " + position, null));
            }
            UpstreamException failure;
            try {
                int count = skip(destination) ? readOnce(destination) : -1;
                if (count > 0) {
                    position += count;
                    budget.received(count);
                    events.received(upstream, count);
                    if (budget.isStalled()) {
                        throw stalled(null);
                    }
                    budget.left();
                    return count;
                }
                if (length.isEmpty() || position >= length.getAsLong()) {
                    return -1;
                }
                failure = broken("the body ended at byte " + position + " of " + length.getAsLong(), null);
            } catch (IOException e) {
                if (e instanceof OriginException final_) {
                    throw final_;
                }
                if (Thread.interrupted()) {
                    throw (InterruptedException) new InterruptedException("download interrupted").initCause(e);
                }
                failure = broken("the connection broke at byte " + position + ": " + Reasons.of(e), e);
            }
            connect(failure);
        }
    }

    /** Another thread than the reading one only cancels; the body is the reader's to close. */
    @Override
    public void close() {
        closed = true;
        Reply running = reply;
        if (running != null && Thread.currentThread() == owner) {
            running.close();
        } else if (running != null) {
            running.call().cancel();
        }
    }

    /** Reads past what is known already, with the buffer's room for it; false when the body ends there. */
    private boolean skip(ByteBuffer scratch) throws IOException {
        while (body().known() > 0) {
            if (budget.isTrickling()) {
                throw new InterruptedIOException("what is known already came too slowly");
            }
            int count = body().skip(scratch);
            if (count < 0) {
                return false;
            }
            budget.skipped(count);
            events.received(upstream, count);
        }
        return true;
    }

    private int readOnce(ByteBuffer destination) throws IOException {
        long missing = length.orElse(Long.MAX_VALUE) - position;
        if (missing <= 0) {
            return -1;
        }
        int count = body().read(destination, missing);
        if (count > missing) {
            throw new UpstreamException(Kind.BAD_ANSWER, attempts.failed() + "more than the announced "
                    + length.orElse(0) + " bytes came");
        }
        return count;
    }

    private AnswerBody body() {
        AnswerBody open = body;
        if (open == null) {
            throw new IllegalStateException("read before open");
        }
        return open;
    }

    /** Makes attempts until one stands at the right byte, or the budget is used up. */
    private void connect(@Nullable UpstreamException cause) throws OriginException, InterruptedException {
        UpstreamException failure = cause;
        while (true) {
            if (failure != null) {
                pauseAfter(failure);
            }
            try {
                attempt();
                budget.connected();
                if (position > 0) {
                    events.resumed(upstream, position);
                }
                return;
            } catch (UpstreamException e) {
                disconnect();
                wrongRanges += e.kind() == Kind.BAD_ANSWER && position > 0 ? 1 : 0;
                if (!mayRetry(e)) {
                    throw e;
                }
                failure = e;
            }
        }
    }

    private void attempt() throws OriginException, InterruptedException {
        disconnect();
        Reply fresh = attempts.begin(wrongRanges < MOST_WRONG_RANGES ? position : 0);
        reply = fresh;
        if (closed) {
            throw new UpstreamException(Kind.AGAINST_RULES, attempts.failed() + "the download was closed");
        }
        BlobAnswer answer = BlobAnswer.of(fresh.response(), position, length, attempts.failed());
        if (length.isEmpty()) {
            length = answer.total();
        }
        body = new AnswerBody(fresh, answer.skip());
    }

    private void pauseAfter(UpstreamException failure) throws OriginException, InterruptedException {
        boolean mayWait = failure.retryAfter().map(budget::covers).orElse(true);
        Optional<Duration> pause = closed || !mayWait ? Optional.empty() : budget.failed();
        if (pause.isEmpty()) {
            throw budget.isStalled() ? stalled(failure) : failure;
        }
        RefreshReason reason = failure.kind() == Kind.SIGNED_URL_REFUSED ? RefreshReason.REFUSED : RefreshReason.BROKEN;
        events.refreshing(upstream, reason, String.valueOf(failure.getMessage()));
        Duration wait = failure.retryAfter().filter(asked -> asked.compareTo(pause.get()) > 0).orElse(pause.get());
        if (!wait.isZero()) {
            pace.pause(wait);
        }
    }

    /** With bytes already handed out, being asked too often is something to sit out. */
    private boolean mayRetry(UpstreamException failure) {
        return failure.kind().retryable() || (failure.kind() == Kind.RATE_LIMITED && position > from);
    }

    private void disconnect() {
        Reply running = reply;
        if (running != null) {
            running.close();
            reply = null;
            body = null;
        }
    }

    private UpstreamException broken(String how, @Nullable Throwable cause) {
        return new UpstreamException(Kind.UNREACHABLE, attempts.failed() + how, cause, null);
    }

    private UpstreamException stalled(@Nullable UpstreamException last) {
        String why = last == null ? "" : "; last: " + last.getMessage();
        return new UpstreamException(Kind.UNREACHABLE, attempts.failed() + "no progress at byte " + position
                + " within the stall timeout" + why, last, null);
    }
}
