package dev.freshet.proxy.upstream.auth;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.flight.OriginFailure;
import dev.freshet.config.Credentials;
import dev.freshet.config.unit.HostRule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import okhttp3.Challenge;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Knows what {@code Authorization} one registry wants. It learns the way from the first challenge that leads to a token,
 * and then authorises requests before they are refused; a token server that fails is forgotten, and the registry names it
 * anew. N requests that need one token wait for one fetch. All methods may be called by any
 * thread.
 */
public final class Authorizer {

    private static final int MAX_TOKENS = 10_000;

    private final HttpUrl registry;
    private final Optional<Credentials> credentials;
    private final List<HostRule> tokenHosts;
    private final TokenEndpoint endpoint;
    private final Ticker ticker;
    private final AsyncCache<TokenRequest, Held> tokens;

    private volatile @Nullable Way way;

    /** A token, and when it is not to be used any more. */
    private record Held(Token token, long diesAtNanos) {}

    /** How a registry wants to be asked. */
    private sealed interface Way {

        record Basic() implements Way {}

        record Bearer(HttpUrl realm, String service) implements Way {}
    }

    /** What comes of a challenge. */
    public sealed interface Renewal {

        /**
         * The request may be sent again.
         *
         * @param authorization the header's value
         */
        record Authorized(String authorization) implements Renewal {

            @Override
            public String toString() {
                return "Authorized";
            }
        }

        /**
         * There is nothing better to show.
         *
         * @param reason why, and what to do
         */
        record Impossible(String reason) implements Renewal {}
    }

    /**
     * @param registry the registry's own address
     * @param executor runs token fetches; must not be bounded by what waits for them
     */
    public Authorizer(HttpUrl registry, Optional<Credentials> credentials, List<HostRule> tokenHosts,
            TokenEndpoint endpoint, Executor executor, Ticker ticker) {
        this.registry = registry;
        this.credentials = credentials;
        this.tokenHosts = List.copyOf(tokenHosts);
        this.endpoint = endpoint;
        this.ticker = ticker;
        this.tokens = Caffeine.newBuilder().executor(executor).ticker(ticker).maximumSize(MAX_TOKENS)
                .expireAfter(Expiry.<TokenRequest, Held>creating((request, held) -> usable(held.token().life())))
                .buildAsync();
    }

    /** What to send for this scope without having been asked; empty when nothing is known to be wanted. */
    public Optional<String> authorization(String scope) throws OriginException, InterruptedException {
        return switch (way) {
            case null -> Optional.empty();
            case Way.Basic() -> credentials.map(BasicAuth::header);
            case Way.Bearer(HttpUrl realm, String service) -> {
                try {
                    yield Optional.of(bearer(await(token(new TokenRequest(realm, service, scope)))));
                } catch (OriginException e) {
                    way = null;
                    throw e;
                }
            }
        };
    }

    /**
     * What to send after a 401.
     *
     * @param challenges as the registry sent them (RFC 9110, section 11.6.1)
     * @param refused the header that was refused; empty when none was sent
     */
    public Renewal renew(List<Challenge> challenges, String scope, Optional<String> refused)
            throws OriginException, InterruptedException {
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equalsIgnoreCase("Bearer")) {
                return renewBearer(challenge, scope, refused);
            }
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equalsIgnoreCase("Basic")) {
                return renewBasic(refused);
            }
        }
        return new Renewal.Impossible("it asks for neither Bearer nor Basic authentication");
    }

    private Renewal renewBasic(Optional<String> refused) {
        way = new Way.Basic();
        if (credentials.isEmpty()) {
            return new Renewal.Impossible("it wants a user name and a password; set the upstream's username and"
                    + " password");
        }
        String basic = BasicAuth.header(credentials.get());
        return refused.filter(basic::equals).isPresent()
                ? new Renewal.Impossible("it refuses the configured user name and password")
                : new Renewal.Authorized(basic);
    }

    private Renewal renewBearer(Challenge challenge, String scope, Optional<String> refused)
            throws OriginException, InterruptedException {
        HttpUrl realm = HttpUrl.parse(challenge.authParams().getOrDefault("realm", ""));
        if (realm == null) {
            return new Renewal.Impossible("its challenge names no token server");
        }
        Optional<String> refusal = RealmRules.refusal(registry, realm, tokenHosts);
        if (refusal.isPresent()) {
            return new Renewal.Impossible(refusal.get());
        }
        TokenRequest request = new TokenRequest(realm, challenge.authParams().getOrDefault("service", ""), scope);
        CompletableFuture<Held> known = tokens.getIfPresent(request);
        if (known != null && refused.isPresent() && refused.get().equals(bearer(await(known)))) {
            tokens.asMap().remove(request, known);
        }
        String fresh = bearer(await(token(request)));
        way = new Way.Bearer(request.realm(), request.service());
        return refused.filter(fresh::equals).isPresent()
                ? new Renewal.Impossible("it refuses a token that its token server has just made")
                : new Renewal.Authorized(fresh);
    }

    /** The token that is there, or on its way; a fetch that has failed is made again, also before the cache drops it. */
    private CompletableFuture<Held> token(TokenRequest request) {
        CompletableFuture<Held> known = tokens.getIfPresent(request);
        if (known != null && known.isDone() && !isGood(known)) {
            tokens.asMap().remove(request, known);
        }
        return tokens.get(request, (key, executor) -> CompletableFuture.supplyAsync(() -> fetch(key), executor));
    }

    /** The cache learns of a token's life a moment after its waiters have it, so a dead one is looked for here. */
    private boolean isGood(CompletableFuture<Held> done) {
        return !done.isCompletedExceptionally() && ticker.read() - done.join().diesAtNanos() < 0;
    }

    private Held fetch(TokenRequest request) {
        try {
            long askedAt = ticker.read();
            Token token = endpoint.fetch(request);
            return new Held(token, askedAt + usable(token.life()).toNanos());
        } catch (OriginException e) {
            throw new CompletionException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(
                    new OriginException(OriginFailure.UNREACHABLE, "fetch of a token was interrupted", e));
        }
    }

    private static Token await(CompletableFuture<Held> token) throws OriginException, InterruptedException {
        try {
            return token.get().token();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OriginException cause) {
                throw cause;
            }
            throw new IllegalStateException("fetch of a token failed by a defect in Freshet", e.getCause());
        }
    }

    /** A token is dropped a little before it dies, so that a request on its way does not outlive it. */
    private static Duration usable(Duration life) {
        Duration margin = life.dividedBy(10);
        return life.minus(margin);
    }

    private static String bearer(Token token) {
        return "Bearer " + token.value();
    }
}
