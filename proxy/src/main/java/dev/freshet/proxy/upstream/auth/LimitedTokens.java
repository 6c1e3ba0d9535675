package dev.freshet.proxy.upstream.auth;
import dev.freshet.proxy.upstream.guard.RetryAfter;
import dev.freshet.proxy.upstream.socket.Reasons;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.guard.AccountName;
import dev.freshet.proxy.upstream.guard.RateLimitBucket;
import dev.freshet.proxy.upstream.guard.RateLimits.Entry;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.guard.Refusal;
import dev.freshet.proxy.upstream.guard.Turn;
import java.time.Duration;
import java.util.Optional;

/** Asks a token server for one account, and leaves it alone for as long as it says when it was asked too often. */
final class LimitedTokens implements TokenEndpoint {

    private final RegistryHost upstream;
    private final RateLimits limits;
    private final AccountName account;
    private final TokenEndpoint server;

    LimitedTokens(RegistryHost upstream, RateLimits limits, AccountName account, TokenEndpoint server) {
        this.upstream = upstream;
        this.limits = limits;
        this.account = account;
        this.server = server;
    }

    @Override
    public Token fetch(TokenRequest request, Optional<Credential> credential) throws OriginException, InterruptedException {
        return switch (limits.enter(account, RateLimitBucket.TOKENS)) {
            case Entry.HeldOff(Duration left, Refusal why) -> throw UpstreamException.heldOff(Kind.RATE_LIMITED,
                    "GET of a token for upstream " + upstream + " from " + Reasons.withoutQuery(request.realm())
                            + " failed: the token server has answered " + why.status() + ", and "
                            + RateLimitBucket.TOKENS.words() + " is held off; try again in " + RetryAfter.inSeconds(left),
                    left);
            case Entry.Admitted(Turn turn) -> {
                try (turn) {
                    yield fetch(request, credential, turn);
                }
            }
        };
    }

    private Token fetch(TokenRequest request, Optional<Credential> credential, Turn turn)
            throws OriginException, InterruptedException {
        try {
            Token token = server.fetch(request, credential);
            turn.answered();
            return token;
        } catch (UpstreamException e) {
            if (e.kind() != Kind.RATE_LIMITED) {
                throw e;
            }
            Duration wait = turn.refused(Refusal.TOO_MANY_REQUESTS, e.retryAfter().orElse(Duration.ZERO));
            throw new UpstreamException(Kind.RATE_LIMITED, String.valueOf(e.getMessage()), e, wait);
        }
    }
}
