package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.RegistryClient.Server;
import dev.freshet.proxy.upstream.call.Step.Attempt;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Permit;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Rejected;

/**
 * The step that asks no registry while its circuit is open. It comes before a token is fetched, which would be of no use then.
 */
record CheckBreaker() implements Step {

    @Override
    public Reply send(Attempt attempt, Chain next) throws OriginException, InterruptedException {
        if (attempt.server().isEmpty()) {
            return next.proceed(attempt);
        }
        try (Permit permit = permit(attempt, attempt.server().get())) {
            return next.proceed(attempt.with(permit));
        }
    }

    private static Permit permit(Attempt attempt, Server server) throws UpstreamException {
        return switch (server.breaker().tryAcquire(attempt.url().encodedPath())) {
            case Permit permit -> permit;
            case Rejected rejected -> throw UpstreamException.heldBack(attempt.failedThere(), rejected);
        };
    }
}
