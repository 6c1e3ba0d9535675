package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.Reply.Source;
import dev.freshet.proxy.upstream.call.Step.Attempt;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Permit;
import dev.freshet.proxy.upstream.redirect.PublicAddresses.AddressRefusedException;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import dev.freshet.proxy.upstream.socket.ArrivedBytes;
import dev.freshet.proxy.upstream.socket.Reasons;
import dev.freshet.proxy.upstream.socket.UpstreamHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Response;

/**
 * The last step, which sends a request over a connection, and tells the registry's circuit breaker what came of it, unless
 * that is a 401.
 */
record Transmit(UpstreamHttp http, RedirectRules rules, ConfigHint hint, RegistryHost upstream, Consumer<Event> events,
        Scheduler scheduler) implements Step {

    private static final int MAX_HEADERS = 500;

    @Override
    public Reply send(Attempt attempt, Chain none) throws OriginException, InterruptedException {
        Optional<Permit> permit = attempt.permit();
        RequestKind kind = kind(attempt);
        ArrivedBytes arrived = new ArrivedBytes();
        Call call = http.call(attempt.request().newBuilder().tag(ArrivedBytes.class, arrived).build(),
                rules.isTrusted(attempt.url()));
        attempt.ask().patience().ifPresent(patience -> UpstreamHttp.bounded(call, patience));
        attempt.observer().accept(call);
        long began = scheduler.nanoTime();
        Response response;
        try {
            response = call.execute();
        } catch (IOException e) {
            UpstreamHttp.throwIfInterrupted(attempt.ask().what(), e);
            permit.ifPresent(
                    of -> ResponseClassifier.serverFailure(e, call, arrived, kind).ifPresent(of::failed));
            events.accept(new UpstreamEvent.Unanswered(upstream, kind, Duration.ofNanos(scheduler.nanoTime() - began)));
            throw unanswered(attempt, e);
        }
        permit.filter(of -> response.code() != 401).ifPresent(of -> ResponseClassifier
                .serverFailure(response.code(), attempt.url()).ifPresentOrElse(of::failed, of::answered));
        events.accept(new UpstreamEvent.Answered(upstream, kind, response.code(),
                Duration.ofNanos(scheduler.nanoTime() - began)));
        return withFewHeaders(attempt, new Reply(response, call,
                permit.isPresent() ? Source.REGISTRY : Source.STORAGE, arrived, Duration.ZERO));
    }

    private static RequestKind kind(Attempt attempt) {
        RequestKind kind = attempt.ask().kind();
        return attempt.permit().isPresent() || kind == RequestKind.FOREIGN ? kind : RequestKind.STORAGE;
    }

    private static Reply withFewHeaders(Attempt attempt, Reply reply) throws UpstreamException {
        if (reply.response().headers().size() > MAX_HEADERS) {
            reply.close();
            throw new UpstreamException(FailureReason.BAD_ANSWER,
                    attempt.failed() + "it came with more than " + MAX_HEADERS + " header fields");
        }
        return reply;
    }

    private UpstreamException unanswered(Attempt attempt, IOException e) {
        HttpUrl url = attempt.url();
        if (AddressRefusedException.isCauseOf(e)) {
            return new UpstreamException(FailureReason.AGAINST_RULES, attempt.failed() + RedirectRules.authority(url)
                    + " is at no public address"
                    + (rules.repositoryAt(url).isPresent() ? hint.toAuthorize(url) : hint.toTrust(url)),
                    e, null);
        }
        return UpstreamException.broken(
                attempt.failed() + Reasons.withoutQuery(url) + " gave no answer: " + Reasons.of(e), e);
    }
}
