package dev.freshet.proxy.upstream.call;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.ConfiguredAccounts;
import dev.freshet.proxy.upstream.auth.TokenEndpoint;
import dev.freshet.proxy.upstream.call.RegistryClient.Server;
import dev.freshet.proxy.upstream.guard.CircuitBreaker;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import okhttp3.HttpUrl;

/**
 * The registries that one upstream redirects to. Each is asked anonymously, with tokens that its own challenge leads to:
 * neither the upstream's credentials nor those of any other are for it. Each has breakers and rate limits of its own, so that
 * one that fails does not hold up the others. Safe for use by several threads, none of which waits in here.
 */
final class OtherRegistries {

    /** How many are known at once; when there are more, all are forgotten, and the next request learns what it needs. */
    static final int MOST = 64;

    private final ConfiguredAccounts accounts;
    private final TokenEndpoint tokens;
    private final Supplier<CircuitBreaker> breakers;
    private final Map<HttpUrl, Server> known = new ConcurrentHashMap<>();

    /**
     * @param accounts makes those of each
     * @param breakers makes closed ones
     */
    OtherRegistries(ConfiguredAccounts accounts, TokenEndpoint tokens, Supplier<CircuitBreaker> breakers) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.breakers = breakers;
    }

    /** The one that this address is of. */
    Server at(HttpUrl url) {
        HttpUrl server = new HttpUrl.Builder().scheme(url.scheme()).host(url.host()).port(url.port()).build();
        if (known.size() >= MOST && !known.containsKey(server)) {
            known.clear();
        }
        return known.computeIfAbsent(server, this::other);
    }

    /** What stands before all of them and their token servers. */
    Stream<CircuitBreaker> breakers() {
        return known.values().stream().flatMap(other -> Stream.of(other.breaker(), other.tokenBreaker()));
    }

    private Server other(HttpUrl server) {
        CircuitBreaker tokenBreaker = breakers.get();
        TokenEndpoint endpoint = (request, credential) -> {
            try {
                return tokens.fetch(request, credential);
            } catch (UpstreamException e) {
                throw e.reason() == FailureReason.UNAUTHORIZED
                        ? new UpstreamException(FailureReason.UNAUTHORIZED, "GET of a token for upstream "
                                + accounts.upstream().name() + " from " + Reasons.withoutQuery(request.realm())
                                + " failed: it gives none without an account" + ConfigHint.toAddUpstream(server), e,
                                null)
                        : e;
            }
        };
        return new Server(breakers.get(), tokenBreaker, accounts.anonymousAt(server, tokenBreaker, endpoint), true);
    }
}
