package dev.freshet.proxy.upstream;

import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.flight.Transfer;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.Extent;
import dev.freshet.proxy.upstream.RegistryCalls.Reply;
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
 * <p>An attempt after a failure asks for the bytes that are still missing only. An answer that does not begin and end at
 * the right byte is never joined to what is there: a wrong {@code Content-Range} is refused, and of a whole body the bytes
 * before are skipped, and those behind not read. An upstream that gets ranges wrong again and again is asked for the whole.
 */
final class BlobDownload implements Transfer {

    private static final int MOST_WRONG_RANGES = 2;

    private final Attempts attempts;
    private final RetryBudget budget;
    private final Extent wanted;
    private final UpstreamEvents events;
    private final RegistryHost upstream;
    private final Pace pace;
    private final Line line;

    private @Nullable AnswerBody body;
    private OptionalLong length = OptionalLong.empty();
    private OptionalLong end = OptionalLong.empty();
    private boolean isWhole;
    private long position;
    private int wrongRanges;

    /** Attempts to get bytes of the blob. */
    interface Attempts {

        /**
         * Asks for them, and returns the answer: 200, or 206 or 416 when a range was asked for.
         *
         * @param failure of the attempt before; null for the first
         */
        Reply begin(Asked asked, @Nullable UpstreamException failure) throws OriginException, InterruptedException;

        /** The beginning of a message about this blob's failure. */
        String failed();
    }

    private BlobDownload(RegistryHost upstream, Extent wanted, Attempts attempts, RetryBudget budget,
            UpstreamEvents events, Pace pace, Line line) {
        this.wanted = wanted;
        this.position = wanted.from();
        this.upstream = upstream;
        this.attempts = attempts;
        this.budget = budget;
        this.events = events;
        this.pace = pace;
        this.line = line;
    }

    /**
     * Begins a download; returns when the first answer's head is there.
     *
     * @param line what the attempts make their calls on
     */
    static BlobDownload open(RegistryHost upstream, Extent wanted, Attempts attempts, RetryBudget budget,
            UpstreamEvents events, Pace pace, Line line) throws OriginException, InterruptedException {
        BlobDownload download = new BlobDownload(upstream, wanted, attempts, budget, events, pace, line);
        boolean opened = false;
        line.enter();
        try {
            download.connect(null);
            opened = true;
            return download;
        } finally {
            line.leave();
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
    public OptionalLong end() {
        return end;
    }

    @Override
    public boolean isWhole() {
        return isWhole;
    }

    @Override
    public int read(ByteBuffer destination) throws OriginException, InterruptedException {
        line.enter();
        try {
            return readOrResume(destination);
        } finally {
            line.leave();
        }
    }

    @Override
    public void close() {
        line.close();
    }

    private int readOrResume(ByteBuffer destination) throws OriginException, InterruptedException {
        budget.back();
        while (true) {
            if (isDone()) {
                return -1;
            }
            if (line.isClosed()) {
                throw closed();
            }
            if (budget.isTrickling()) {
                connect(broken(Kind.STALLED, "bytes came too slowly up to byte " + position, null));
            }
            UpstreamException failure;
            try {
                int count = skip(destination) ? body().read(destination, end.orElse(Extent.END) - position) : -1;
                if (count > 0) {
                    received(count);
                    return count;
                }
                if (end.isEmpty()) {
                    return -1;
                }
                failure = broken(Kind.UNREACHABLE, "the body ended at byte " + position + " of " + end.getAsLong(),
                        null);
            } catch (IOException e) {
                if (e instanceof OriginException final_) {
                    throw final_;
                }
                if (Thread.interrupted()) {
                    throw (InterruptedException) new InterruptedException("download interrupted").initCause(e);
                }
                failure = broken(Kind.of(e), "the connection broke at byte " + position + ": " + Reasons.of(e), e);
            }
            connect(failure);
        }
    }

    private boolean isDone() {
        return end.isPresent() && position >= end.getAsLong();
    }

    private void received(int count) throws IOException {
        position += count;
        budget.received(count);
        events.received(upstream, count);
        if (isDone()) {
            hangUp();
        } else if (budget.isStalled()) {
            throw stalled(null);
        }
        budget.left();
    }

    /** Reads past what is not wanted, with the buffer's room for it; false when the body ends there. */
    private boolean skip(ByteBuffer scratch) throws IOException {
        while (body().unwanted() > 0) {
            if (budget.isTrickling()) {
                throw new InterruptedIOException("what is not wanted came too slowly");
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
                attempt(failure);
                budget.connected();
                if (position > wanted.from()) {
                    events.resumed(upstream, position);
                }
                return;
            } catch (UpstreamException e) {
                hangUp();
                wrongRanges += e.kind() == Kind.BAD_ANSWER && asked().isRange() ? 1 : 0;
                if (!mayRetry(e)) {
                    throw e;
                }
                failure = e;
            }
        }
    }

    private void attempt(@Nullable UpstreamException failure) throws OriginException, InterruptedException {
        boolean isFirst = end.isEmpty() && !isWhole;
        hangUp();
        Asked asked = asked();
        Reply fresh = attempts.begin(asked, failure);
        line.answered(fresh);
        if (line.isClosed()) {
            throw closed();
        }
        BlobAnswer answer = BlobAnswer.of(fresh.response(), asked, length, attempts.failed());
        length = length.isPresent() ? length : answer.total();
        isWhole = isFirst ? answer.isWhole() : isWhole;
        end = end.isPresent() ? end : answer.end();
        body = new AnswerBody(fresh, answer.skip());
    }

    /** What is missing; all of it from an upstream that does not understand ranges. */
    private Asked asked() {
        Extent missing = new Extent(position, isWhole ? Extent.END : wanted.to());
        return wrongRanges < MOST_WRONG_RANGES ? Asked.of(missing) : new Asked(missing, false);
    }

    private void pauseAfter(UpstreamException failure) throws OriginException, InterruptedException {
        Duration wait = failure.isHeldBack() ? failure.retryAfter().orElse(Duration.ZERO) : pause(failure);
        if (!wait.isZero()) {
            pace.pause(wait, line.closed());
        }
        if (line.isClosed()) {
            throw closed();
        }
    }

    private Duration pause(UpstreamException failure) throws OriginException {
        Optional<Duration> pause = line.isClosed() ? Optional.empty() : budget.failed(failure.retryAfter());
        if (pause.isEmpty()) {
            throw budget.isStalled() ? stalled(failure) : failure;
        }
        return pause.get();
    }

    /** With bytes already handed out, being asked too often is something to sit out, and so is not being asked. */
    private boolean mayRetry(UpstreamException failure) {
        if (failure.isHeldBack()) {
            return budget.sitsOut(failure.retryAfter().orElse(Duration.ZERO));
        }
        return failure.isRetryable() || (failure.kind() == Kind.RATE_LIMITED && position > wanted.from());
    }

    /** Lets go of the answer, if there is one. */
    private void hangUp() {
        AnswerBody open = body;
        body = null;
        if (open != null && open.giveBack()) {
            line.freed();
        } else {
            line.hangUp();
        }
    }

    private UpstreamException closed() {
        return new UpstreamException(Kind.AGAINST_RULES, attempts.failed() + "the download was closed");
    }

    private UpstreamException broken(Kind kind, String how, @Nullable Throwable cause) {
        return new UpstreamException(kind, attempts.failed() + how, cause, null);
    }

    private UpstreamException stalled(@Nullable UpstreamException last) {
        String why = last == null ? "" : "; last: " + last.getMessage();
        return new UpstreamException(Kind.STALLED, attempts.failed() + "no progress at byte " + position
                + " within the stall timeout" + why, last, null);
    }
}
