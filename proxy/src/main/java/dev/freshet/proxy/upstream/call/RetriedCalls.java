package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.guard.RetryBudget;
import dev.freshet.proxy.upstream.socket.Reasons;
import dev.freshet.proxy.upstream.socket.UpstreamHttp;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import okhttp3.Response;

/** Calls for small answers, repeated a few times where that may help, and hedged. */
public final class RetriedCalls {

    private final RegistryCalls calls;
    private final InstantSource clock;
    private final Scheduler scheduler;
    private final Hedges hedges;

    public RetriedCalls(RegistryCalls calls, InstantSource clock, Scheduler scheduler, Hedges hedges) {
        this.calls = calls;
        this.clock = clock;
        this.scheduler = scheduler;
        this.hedges = hedges;
    }

    /** Something to do with a successful answer. */
    @FunctionalInterface
    public interface Reading<T> {

        /** Reads it; the text is the beginning of a message about its failure. May be called by several threads at once. */
        T read(Response response, String failed) throws IOException;
    }

    /** Something to do with any answer. */
    @FunctionalInterface
    public interface Judging<T> {

        /** Reads it, or says what it stands for. May be called by several threads at once. */
        T judge(Reply reply) throws IOException;
    }

    /** Asks until it gets a 200 that can be read, or the request's patience, which it has, or the tries are used up. */
    public <T> T ask(RegistryRequest ask, Reading<T> reading) throws OriginException, InterruptedException {
        return judged(ask, reply -> {
            if (reply.response().code() != 200) {
                throw ResponseClassifier.refusal(calls.failed(ask), reply, ask, clock);
            }
            return reading.read(reply.response(), calls.failed(ask));
        });
    }

    /** As {@link #ask}, for any status. Beside a try that is silent for long another is made. */
    public <T> T judged(RegistryRequest ask, Judging<T> judging) throws OriginException, InterruptedException {
        Duration patience = ask.patience().orElseThrow();
        RetryBudget budget = hedges.budget(patience);
        long began = scheduler.nanoTime();
        while (true) {
            UpstreamException failure;
            try {
                return hedges.first(Hedges.silence(patience), new Try<>(ask, patience, began, judging));
            } catch (UpstreamException e) {
                failure = ResponseClassifier.failure(ask, e);
            }
            Optional<Duration> pause = isWorthRepeating(ask, failure)
                    ? budget.failed(failure.retryAfter())
                    : Optional.empty();
            if (pause.isEmpty()) {
                throw failure;
            }
            scheduler.pause(pause.get());
        }
    }

    /** A HEAD that was answered is not repeated: GET decides then, and would be kept waiting. */
    private static boolean isWorthRepeating(RegistryRequest ask, UpstreamException failure) {
        boolean isAnswered = failure.reason() != FailureReason.UNREACHABLE && failure.reason() != FailureReason.STALLED;
        return failure.isRetryable() && !(isAnswered && ask.request().method().equals("HEAD"));
    }

    /** One try, and those beside it; what is left of the patience is theirs. */
    private final class Try<T> implements Hedges.Wait<T> {

        private final RegistryRequest ask;
        private final Duration patience;
        private final long beganNanos;
        private final Judging<T> judging;
        private final CancellableCall own = new CancellableCall();

        Try(RegistryRequest ask, Duration patience, long beganNanos, Judging<T> judging) {
            this.ask = ask;
            this.patience = patience;
            this.beganNanos = beganNanos;
            this.judging = judging;
        }

        private T make(CancellableCall call) throws OriginException, InterruptedException {
            RegistryRequest left = ask.after(Duration.ofNanos(scheduler.nanoTime() - beganNanos));
            try (Reply reply = calls.send(left, left.request().url(), call::dials)) {
                return judging.judge(reply);
            } catch (OriginException e) {
                throw e;
            } catch (IOException e) {
                UpstreamHttp.throwIfInterrupted(ask.what(), e);
                throw UpstreamException.broken(calls.failed(ask) + "the connection broke: " + Reasons.of(e), e);
            }
        }

        @Override
        public CancellableCall call() {
            return own;
        }

        @Override
        public T first() throws OriginException, InterruptedException {
            return make(own);
        }

        @Override
        public T beside(CancellableCall call, int nth) throws OriginException, InterruptedException {
            return make(call);
        }

        @Override
        public boolean mayBeRefused() {
            return true;
        }

        @Override
        public boolean isOver() {
            return scheduler.nanoTime() - beganNanos >= patience.toNanos();
        }

        @Override
        public UpstreamException over() {
            return UpstreamException.last(FailureReason.STALLED,
                    calls.failed(ask) + "it was silent for too long, or answered too slowly, for "
                            + patience.toMillis() + " ms; if the upstream needs longer, raise fetch.manifest-timeout",
                    null);
        }
    }
}
