package dev.freshet.proxy.upstream.blob;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.blob.Downloads.Attempts;
import dev.freshet.proxy.upstream.blob.Downloads.Connections;
import dev.freshet.proxy.upstream.blob.Downloads.RequestedRange;
import dev.freshet.proxy.upstream.call.CancellableCall;
import dev.freshet.proxy.upstream.call.Hedges;
import dev.freshet.proxy.upstream.call.Reply;
import dev.freshet.proxy.upstream.guard.RetryBudget;
import dev.freshet.proxy.upstream.socket.Reasons;
import dev.freshet.proxy.upstream.socket.UpstreamHttp;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One blob as one unbroken run of bytes, over as many connections and signed URLs as it takes.
 *
 * <p>An attempt after a failure asks for the bytes that are still missing only. An answer that does not begin and end at
 * the right byte is never joined to what is there: a wrong {@code Content-Range} is refused, and of a whole body the bytes
 * before are skipped, and those behind not read. An upstream that gets ranges wrong again and again is asked for the whole.
 *
 * <p>It waits for an answer, and for each byte of it, as long as the budget's stall timeout says; no byte of a head is progress.
 * Beside a connection that is silent for long a further one asks for the same bytes, as {@link Hedges} says: whichever has
 * bytes first is gone on with, and the other is closed.
 */
final class BlobDownload implements Transfer {

    private static final int MOST_WRONG_RANGES = 2;

    private final Downloads downloads;
    private final Consumer<Event> events;
    private final RegistryHost upstream;
    private final Scheduler scheduler;
    private final Connections connections;
    private final RetryBudget budget;
    private final ByteRange wanted;
    private final Set<CancellableCall> openCalls = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private CancellableCall call;
    private Attempts attempts;
    private @Nullable Answered current;
    private OptionalLong length = OptionalLong.empty();
    private OptionalLong end = OptionalLong.empty();
    private boolean isWhole;
    private long position;
    private int wrongRanges;

    /** A connection whose answer's head is there, and fits. */
    private record Answered(CancellableCall call, Attempts attempts, BlobAnswer answer, AnswerBody body) {}

    private BlobDownload(Downloads downloads, ByteRange wanted, Connections connections, RetryBudget budget) {
        this.downloads = downloads;
        this.events = downloads.events();
        this.upstream = downloads.upstream();
        this.scheduler = downloads.scheduler();
        this.wanted = wanted;
        this.position = wanted.from();
        this.connections = connections;
        this.budget = budget;
        this.call = new CancellableCall();
        this.attempts = connections.on(call, 0);
        openCalls.add(call);
    }

    static BlobDownload open(Downloads downloads, ByteRange wanted, Connections connections, RetryBudget budget)
            throws OriginException, InterruptedException {
        BlobDownload download = new BlobDownload(downloads, wanted, connections, budget);
        boolean opened = false;
        download.call.enter();
        try {
            download.connect(null);
            opened = true;
            return download;
        } finally {
            download.call.leave();
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
        call.enter();
        try {
            return readOrResume(destination);
        } finally {
            call.leave(); // which may be another one by now
        }
    }

    @Override
    public void close() {
        closed = true;
        openCalls.forEach(CancellableCall::close);
    }

    /** A call that is closed with this download. */
    private CancellableCall newCall() {
        openCalls.removeIf(CancellableCall::isClosed);
        CancellableCall added = new CancellableCall();
        openCalls.add(added);
        if (closed) {
            added.close();
        }
        return added;
    }

    private int readOrResume(ByteBuffer destination) throws OriginException, InterruptedException {
        budget.back();
        while (true) {
            if (isDone()) {
                return -1;
            }
            if (closed) {
                throw closed();
            }
            if (budget.isTrickling()) {
                connect(broken(FailureReason.STALLED, "bytes came too slowly up to byte " + position, null));
            }
            UpstreamException failure;
            try {
                int count = awaitBytes(destination) ? read(body(), destination) : -1;
                if (count > 0) {
                    received(count);
                    return count;
                }
                if (end.isEmpty()) {
                    return -1;
                }
                failure = broken(FailureReason.UNREACHABLE,
                        "the body ended at byte " + position + " of " + end.getAsLong(),
                        null);
            } catch (UpstreamException e) {
                if (!e.isRetryable()) {
                    throw e;
                }
                failure = e;
            }
            connect(failure);
        }
    }

    private int read(AnswerBody from, ByteBuffer destination) throws OriginException, InterruptedException {
        try {
            return from.read(destination, end.orElse(ByteRange.END) - position);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private boolean isDone() {
        return end.isPresent() && position >= end.getAsLong();
    }

    private void received(int count) throws UpstreamException {
        position += count;
        budget.received(count);
        events.accept(new UpstreamEvent.Received(upstream, count));
        if (isDone()) {
            hangUp();
        } else if (budget.isStalled()) {
            throw stalled(null);
        }
        budget.left();
    }

    /** Waits for the next byte, over this connection or one beside it; false when the body ends before. */
    private boolean awaitBytes(ByteBuffer scratch) throws OriginException, InterruptedException {
        AnswerBody mine = body();
        if (mine.unwanted() == 0 && mine.hasBytes()) {
            return true;
        }
        long began = scheduler.nanoTime();
        Answered known = Objects.requireNonNull(current);
        Answered winner = downloads.first(new Wait(asked(), false) {

            @Override
            public Answered first() throws OriginException, InterruptedException {
                try {
                    if (skip(mine, scratch)) {
                        mine.await();
                    }
                    return known;
                } catch (IOException e) {
                    throw broken(e);
                }
            }
        });
        if (!winner.equals(known)) {
            goOnWith(winner);
        }
        budget.waited(scheduler.nanoTime() - began);
        return winner.body().unwanted() == 0 && winner.body().hasBytes();
    }

    /** Reads past what is not wanted, with the buffer's room for it; false when the body ends there. */
    private boolean skip(AnswerBody from, ByteBuffer scratch) throws IOException {
        while (from.unwanted() > 0) {
            if (budget.isTrickling()) {
                throw new InterruptedIOException("what is not wanted came too slowly");
            }
            int count = from.skip(scratch);
            if (count < 0) {
                return false;
            }
            budget.skipped(count);
            events.accept(new UpstreamEvent.Received(upstream, count));
        }
        return true;
    }

    private AnswerBody body() {
        Answered open = current;
        if (open == null) {
            throw new IllegalStateException("read before open");
        }
        return open.body();
    }

    /** Makes attempts until one stands at the right byte, or the budget is used up. */
    private void connect(@Nullable UpstreamException cause) throws OriginException, InterruptedException {
        UpstreamException failure = cause;
        while (true) {
            if (failure != null) {
                pauseAfter(failure);
            }
            try {
                goOnWith(attempt(failure));
                return;
            } catch (UpstreamException e) {
                hangUp();
                wrongRanges += e.reason() == FailureReason.BAD_ANSWER && asked().isRange() ? 1 : 0;
                if (!mayRetry(e)) {
                    throw e;
                }
                failure = e;
            }
        }
    }

    private Answered attempt(@Nullable UpstreamException failure) throws OriginException, InterruptedException {
        hangUp();
        return downloads.first(new Wait(asked(), position == wanted.from()) {

            @Override
            public Answered first() throws OriginException, InterruptedException {
                return ask(call, attempts, failure);
            }
        });
    }

    /** From now on the bytes come over this connection. */
    private void goOnWith(Answered answered) {
        if (!answered.call().equals(call)) {
            answered.call().enter();
            hangUp();
            CancellableCall before = call;
            call = answered.call();
            attempts = answered.attempts();
            before.leave();
            before.close();
        }
        boolean isFirst = end.isEmpty() && !isWhole;
        BlobAnswer answer = answered.answer();
        length = length.isPresent() ? length : answer.total();
        isWhole = isFirst ? answer.isWhole() : isWhole;
        end = end.isPresent() ? end : answer.end();
        current = answered;
        budget.connected();
        if (position > wanted.from()) {
            events.accept(new UpstreamEvent.Resumed(upstream, position));
        }
    }

    /** A wait for an answer, or for its next byte; what is asked beside is the same for both. */
    private abstract class Wait implements Hedges.Wait<Answered> {

        private final CancellableCall own = BlobDownload.this.call;
        private final OptionalLong known = BlobDownload.this.length;
        private final RequestedRange asked;
        private final boolean mayBeRefused;

        Wait(RequestedRange asked, boolean mayBeRefused) {
            this.asked = asked;
            this.mayBeRefused = mayBeRefused;
        }

        /** Asks, and returns when there is a head that fits. */
        Answered ask(CancellableCall on, Attempts by, @Nullable UpstreamException failure)
                throws OriginException, InterruptedException {
            Reply fresh = by.begin(asked, failure);
            on.answered(fresh);
            if (on.isClosed()) {
                throw closed();
            }
            BlobAnswer answer = BlobAnswer.of(fresh.response(), asked, known, by.failed());
            return new Answered(on, by, answer, new AnswerBody(fresh, answer.skip()));
        }

        @Override
        public CancellableCall call() {
            return own;
        }

        @Override
        public CancellableCall another() {
            return newCall();
        }

        @Override
        public Answered beside(CancellableCall on, int nth) throws OriginException, InterruptedException {
            on.enter();
            try {
                Attempts by = connections.on(on, nth);
                Answered fresh = ask(on, by, null);
                boolean hasNone = fresh.answer().end().orElse(ByteRange.END) <= asked.wanted().from();
                if (!hasNone && !isAtFirstByte(fresh.body())) {
                    throw new UpstreamException(FailureReason.UNREACHABLE, by.failed() + "the body ended too early");
                }
                return fresh;
            } catch (IOException e) {
                throw broken(e);
            } finally {
                on.leave();
            }
        }

        private boolean isAtFirstByte(AnswerBody body) throws IOException {
            ByteBuffer scratch = ByteBuffer.allocate(body.unwanted() > 0 ? RetryBudget.REAL_PROGRESS : 0);
            long since = scheduler.nanoTime();
            int bytes = 0;
            while (body.unwanted() > 0) {
                int count = body.skip(scratch);
                if (count < 0) {
                    return false;
                }
                events.accept(new UpstreamEvent.Received(upstream, count));
                bytes += count;
                if (bytes >= RetryBudget.REAL_PROGRESS) {
                    bytes = 0;
                    long now = scheduler.nanoTime();
                    budget.skippedBeside(now - since);
                    since = now;
                }
            }
            return body.await();
        }

        @Override
        public void drop(Answered late) {
            if (!late.call().equals(own)) {
                late.call().close();
            }
        }

        @Override
        public boolean mayBeRefused() {
            return mayBeRefused;
        }

        @Override
        public boolean isOver() {
            return budget.isStalled();
        }

        @Override
        public UpstreamException over() {
            return stalled(null);
        }
    }

    /** What is missing; all of it from an upstream that does not understand ranges. */
    private RequestedRange asked() {
        ByteRange missing = new ByteRange(position, isWhole ? ByteRange.END : wanted.to());
        return wrongRanges < MOST_WRONG_RANGES ? RequestedRange.of(missing) : new RequestedRange(missing, false);
    }

    private void pauseAfter(UpstreamException failure) throws OriginException, InterruptedException {
        Duration wait = failure.isHeldBack() ? failure.retryAfter().orElse(Duration.ZERO) : pause(failure);
        if (!wait.isZero()) {
            scheduler.pause(wait, call.closed());
        }
        if (closed) {
            throw closed();
        }
    }

    private Duration pause(UpstreamException failure) throws OriginException {
        Optional<Duration> pause = closed ? Optional.empty() : budget.failed(failure.retryAfter());
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
        return failure.isRetryable() || (failure.reason() == FailureReason.RATE_LIMITED && position > wanted.from());
    }

    /** Lets go of the answer, if there is one. */
    private void hangUp() {
        Answered open = current;
        current = null;
        if (open != null && open.body().giveBack()) {
            call.freed();
        } else {
            call.hangUp();
        }
    }

    private UpstreamException closed() {
        return new UpstreamException(FailureReason.AGAINST_RULES, attempts.failed() + "the download was closed");
    }

    private UpstreamException broken(FailureReason reason, String how, @Nullable Throwable cause) {
        return new UpstreamException(reason, attempts.failed() + how, cause, null);
    }

    private OriginException broken(IOException cause) throws InterruptedException {
        if (cause instanceof OriginException known) {
            return known;
        }
        UpstreamHttp.throwIfInterrupted("download", cause);
        return UpstreamException.broken(
                attempts.failed() + "the connection broke at byte " + position + ": " + Reasons.of(cause), cause);
    }

    private UpstreamException stalled(@Nullable UpstreamException last) {
        String why = last == null ? "" : "; last: " + last.getMessage();
        return UpstreamException.last(FailureReason.STALLED, attempts.failed() + "no progress at byte " + position
                + " within the stall timeout" + why + "; if the upstream needs longer, raise fetch.stall-timeout",
                last);
    }
}
