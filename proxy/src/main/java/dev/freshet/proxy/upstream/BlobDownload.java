package dev.freshet.proxy.upstream;

import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.flight.Transfer;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.proxy.upstream.RegistryCalls.Reply;
import dev.freshet.proxy.upstream.UpstreamEvents.RefreshReason;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * One blob as one unbroken run of bytes, over as many connections and signed URLs as it takes.
 *
 * <p>Every attempt asks the registry anew, which gives a fresh signed URL, and from the second on for the bytes that
 * are still missing only. An answer that does not begin at the right byte is never joined to what is there: a wrong
 * {@code Content-Range} is refused, and of a whole body the known part is skipped.
 */
final class BlobDownload implements Transfer {

    private final Attempts attempts;
    private final RetryBudget budget;
    private final UpstreamEvents events;
    private final RegistryHost upstream;
    private final Pace pace;
    private final Thread owner = Thread.currentThread();

    private volatile boolean closed;
    private volatile @Nullable Reply reply;
    private @Nullable BufferedSource source;
    private OptionalLong length = OptionalLong.empty();
    private long position;

    /** One attempt to get the blob from a position on. */
    interface Attempts {

        /**
         * Asks the registry, follows it to the storage, and returns a successful answer: 200 or 206.
         *
         * @param position of the first byte that is wanted; no range is asked for when it is 0
         */
        Reply begin(long position) throws OriginException, InterruptedException;

        /** The beginning of a message about this blob's failure. */
        String failed();
    }

    private BlobDownload(RegistryHost upstream, Attempts attempts, RetryBudget budget, UpstreamEvents events,
            Pace pace) {
        this.upstream = upstream;
        this.attempts = attempts;
        this.budget = budget;
        this.events = events;
        this.pace = pace;
    }

    /** Begins a download; returns when the first answer's head is there. */
    static BlobDownload open(RegistryHost upstream, Attempts attempts, RetryBudget budget, UpstreamEvents events,
            Pace pace) throws OriginException, InterruptedException {
        BlobDownload download = new BlobDownload(upstream, attempts, budget, events, pace);
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
                int count = readOnce(destination);
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
                if (length.isEmpty() || position == length.getAsLong()) {
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

    private int readOnce(ByteBuffer destination) throws IOException {
        BufferedSource body = source;
        if (body == null) {
            throw new IllegalStateException("read before open");
        }
        if (length.isPresent() && position == length.getAsLong()) {
            return -1;
        }
        int count = body.read(destination);
        while (count > 0 && destination.hasRemaining() && isMoreThere(body, count)) {
            count += Math.max(0, body.read(destination));
        }
        if (count > 0 && length.isPresent() && position + count > length.getAsLong()) {
            throw new UpstreamException(Kind.BAD_ANSWER, attempts.failed() + "more than the announced "
                    + length.getAsLong() + " bytes came");
        }
        return count;
    }

    private boolean isMoreThere(BufferedSource body, int count) throws IOException {
        boolean isAll = length.isPresent() && position + count >= length.getAsLong();
        Reply from = reply;
        return !isAll && from != null && from.flow().hasMore(body);
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
                if (!mayRetry(e)) {
                    throw e;
                }
                failure = e;
            }
        }
    }

    private void attempt() throws OriginException, InterruptedException {
        disconnect();
        Reply fresh = attempts.begin(position);
        reply = fresh;
        if (closed) {
            throw new UpstreamException(Kind.AGAINST_RULES, attempts.failed() + "the download was closed");
        }
        BlobAnswer answer = BlobAnswer.of(fresh.response(), position, length, attempts.failed());
        if (length.isEmpty()) {
            length = answer.total();
        }
        BufferedSource body = fresh.response().body().source();
        source = body;
        if (answer.skip() > 0) {
            try {
                body.skip(answer.skip());
                events.received(upstream, answer.skip());
            } catch (IOException e) {
                throw broken("the connection broke before byte " + position + ": " + Reasons.of(e), e);
            }
        }
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
        return failure.kind().retryable() || (failure.kind() == Kind.RATE_LIMITED && position > 0);
    }

    private void disconnect() {
        Reply running = reply;
        if (running != null) {
            running.close();
            reply = null;
            source = null;
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
