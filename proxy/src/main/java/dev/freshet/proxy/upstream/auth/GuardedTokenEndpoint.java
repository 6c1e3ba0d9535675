package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.Token;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.TokenRequest;
import dev.freshet.proxy.upstream.guard.CircuitBreaker;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Permit;
import dev.freshet.proxy.upstream.guard.Failure;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.guard.RateLimits.AccountName;
import dev.freshet.proxy.upstream.guard.RateLimits.RateLimitBucket;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.time.Duration;
import java.util.Optional;

/**
 * A token server as one account asks it: left alone for as long as it says when it was asked too often, and while it fails. It
 * has a circuit breaker of its own, for all accounts: a registry that answers does not say that its token server does, nor the
 * reverse.
 *
 * @param server what is asked in the end
 */
record GuardedTokenEndpoint(RegistryHost upstream, RateLimits limits, AccountName account, CircuitBreaker breaker,
        TokenEndpoint server) implements TokenEndpoint {

    @Override
    public Token fetch(TokenRequest request, Optional<Credential> credential)
            throws OriginException, InterruptedException {
        String failed = "GET of a token for upstream " + upstream + " from " + Reasons.withoutQuery(request.realm())
                + " failed: ";
        try (Permit byLimit = limits.tryAcquire(account, RateLimitBucket.TOKENS)
                .orElseThrow(rejected -> UpstreamException.heldOff(failed, "the token server",
                        RateLimitBucket.TOKENS.words(), rejected));
                Permit byBreaker = breaker.tryAcquire(request.scope())
                        .orElseThrow(rejected -> UpstreamException.heldBack(failed, rejected))) {
            return fetch(request, credential, byLimit, byBreaker);
        }
    }

    private Token fetch(TokenRequest request, Optional<Credential> credential, Permit byLimit, Permit byBreaker)
            throws OriginException, InterruptedException {
        try {
            Token token = server.fetch(request, credential);
            byBreaker.answered();
            byLimit.answered();
            return token;
        } catch (UpstreamException e) {
            failure(e, request.scope()).ifPresentOrElse(byBreaker::failed, byBreaker::answered);
            if (e.reason() != FailureReason.RATE_LIMITED) {
                throw e;
            }
            Duration wait = byLimit.failed(Failure.tooManyRequests(), e.retryAfter().orElse(Duration.ZERO));
            throw new UpstreamException(FailureReason.RATE_LIMITED, String.valueOf(e.getMessage()), e, wait);
        }
    }

    private static Optional<Failure> failure(UpstreamException failure, String scope) {
        String words = Reasons.shown(String.valueOf(failure.getMessage()));
        return switch (failure.reason()) {
            case UNREACHABLE -> Optional.of(new Failure(failure.reason(), words, Optional.empty()));
            case STALLED, SERVER_ERROR -> Optional.of(new Failure(failure.reason(), words, Optional.of(scope)));
            default -> Optional.empty();
        };
    }
}
