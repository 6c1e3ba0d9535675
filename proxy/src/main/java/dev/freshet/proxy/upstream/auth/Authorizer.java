package dev.freshet.proxy.upstream.auth;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.flight.OriginFailure;
import dev.freshet.config.unit.HostRule;
import dev.freshet.config.unit.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Challenge;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows what {@code Authorization} one registry wants of one account. It learns the way from the first challenge that leads
 * to a token, and then authorises requests before they are refused; a token server that fails is forgotten, and the
 * registry names it anew. N requests that need one token wait for one fetch. A token that has a quarter of its life left is
 * renewed in the background while it goes on being used. All methods may be called by any thread.
 */
public final class Authorizer {

    private static final Logger LOG = LoggerFactory.getLogger(Authorizer.class);

    private static final int MAX_TOKENS = 10_000;
    /** As long may a fetch ahead take that is begun late: the dead token leads to it. */
    private static final Duration AHEAD = Duration.ofMinutes(1);

    private final HttpUrl registry;
    private final CredentialSource credentials;
    private final List<HostRule> tokenHosts;
    private final TokenEndpoint endpoint;
    private final Executor executor;
    private final Ticker ticker;
    private final AsyncCache<TokenRequest, Held> tokens;

    private volatile @Nullable Way way;

    /**
     * A token.
     *
     * @param diesAtNanos when it is not to be used any more
     * @param ageingAtNanos when another is to be fetched ahead
     * @param next that other one, once it has been begun to be fetched
     */
    private record Held(Token token, long diesAtNanos, long ageingAtNanos,
            AtomicReference<@Nullable CompletableFuture<Held>> next) {}

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
    public Authorizer(HttpUrl registry, CredentialSource credentials, List<HostRule> tokenHosts,
            TokenEndpoint endpoint, Executor executor, Ticker ticker) {
        this.registry = registry;
        this.credentials = credentials;
        this.tokenHosts = List.copyOf(tokenHosts);
        this.endpoint = endpoint;
        this.executor = executor;
        this.ticker = ticker;
        this.tokens = Caffeine.newBuilder().executor(executor).ticker(ticker).maximumSize(MAX_TOKENS)
                .expireAfter(Expiry.<TokenRequest, Held>creating((request, held) -> held.token().life().plus(AHEAD)))
                .buildAsync();
    }

    /** What to send for this scope without having been asked; empty when nothing is known to be wanted. */
    public Optional<String> authorization(String scope) throws OriginException, InterruptedException {
        return switch (way) {
            case null -> Optional.empty();
            case Way.Basic() -> credentials.proof().flatMap(Authorizer::basic);
            case Way.Bearer(HttpUrl realm, String service) -> {
                try {
                    yield Optional.of(bearer(current(new TokenRequest(realm, service, scope))));
                } catch (OriginException e) {
                    way = e.failure() == OriginFailure.RATE_LIMITED ? way : null;
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

    private Renewal renewBasic(Optional<String> refused) throws OriginException, InterruptedException {
        way = new Way.Basic();
        Optional<Proof> proof = credentials.proof();
        if (proof.isPresent() && isSame(proof.flatMap(Authorizer::basic), refused)) {
            proof = credentials.insteadOf(proof.get());
        }
        return switch (proof.orElse(null)) {
            case Proof.Login login -> new Renewal.Authorized(BasicAuth.header(login));
            case Proof.Identity identity -> new Renewal.Impossible("it wants a user name and a password, and there is"
                    + " an identity token only; set the upstream's username and password");
            case null -> new Renewal.Impossible(refused.isPresent()
                    ? "it refuses the user name and the password; check the upstream's username and password, or what"
                            + " its credential-command prints"
                    : "it wants a user name and a password; set the upstream's username and password");
        };
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
        if (known != null && known.isDone() && isGood(known)
                && isSame(Optional.of(bearer(known.join().token())), refused)) {
            tokens.asMap().remove(request, known);
        }
        String fresh = bearer(current(request));
        way = new Way.Bearer(request.realm(), request.service());
        return isSame(Optional.of(fresh), refused)
                ? new Renewal.Impossible("it refuses a token that its token server has just made")
                : new Renewal.Authorized(fresh);
    }

    /** The token to use now; when it is ageing, another is begun to be fetched. */
    private Token current(TokenRequest request) throws OriginException, InterruptedException {
        CompletableFuture<Held> known = token(request);
        Held held = await(known);
        if (ticker.read() - held.ageingAtNanos() >= 0) {
            renewAhead(request, known, held);
        }
        return held.token();
    }

    /** A token that cannot be renewed ahead is used to its end, and then fetched by who needs it. */
    private void renewAhead(TokenRequest request, CompletableFuture<Held> known, Held ageing) {
        CompletableFuture<Held> next = new CompletableFuture<>();
        if (!ageing.next().compareAndSet(null, next)) {
            return;
        }
        executor.execute(() -> {
            try {
                next.complete(fetch(request));
                tokens.asMap().replace(request, known, next);
            } catch (CompletionException e) {
                next.completeExceptionally(e.getCause());
                LOG.info("a token was not renewed ahead of its end: {}", String.valueOf(e.getCause()));
            } catch (RuntimeException | Error e) {
                next.completeExceptionally(e);
                throw e;
            }
        });
    }

    /**
     * The token that is there, or on its way; that which was begun to be fetched ahead when the one that is there has died.
     * A fetch that has failed is made again, also before the cache drops it.
     */
    private CompletableFuture<Held> token(TokenRequest request) {
        CompletableFuture<Held> known = tokens.getIfPresent(request);
        if (known != null && known.isDone() && !isGood(known)) {
            CompletableFuture<Held> next = known.isCompletedExceptionally() ? null : known.join().next().get();
            if (next != null && (!next.isDone() || isGood(next))) {
                tokens.asMap().replace(request, known, next);
            } else {
                tokens.asMap().remove(request, known);
            }
        }
        return tokens.get(request, (key, threads) -> CompletableFuture.supplyAsync(() -> fetch(key), threads));
    }

    /** The cache learns of a token's life a moment after its waiters have it, so a dead one is looked for here. */
    private boolean isGood(CompletableFuture<Held> done) {
        return !done.isCompletedExceptionally() && ticker.read() - done.join().diesAtNanos() < 0;
    }

    private Held fetch(TokenRequest request) {
        try {
            long askedAt = ticker.read();
            Token token = fetch(request, credentials.proof());
            Duration life = token.life();
            return new Held(token, askedAt + usable(life).toNanos(),
                    askedAt + life.multipliedBy(3).dividedBy(4).toNanos(), new AtomicReference<>());
        } catch (OriginException e) {
            throw new CompletionException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(
                    new OriginException(OriginFailure.UNREACHABLE, "fetch of a token was interrupted", e));
        }
    }

    /** Shows something else once if the token server refuses what it is shown, and there is something else. */
    private Token fetch(TokenRequest request, Optional<Proof> proof) throws OriginException, InterruptedException {
        try {
            return fetched(request, proof);
        } catch (OriginException e) {
            Optional<Proof> other = e.failure() == OriginFailure.UNAUTHORIZED && proof.isPresent()
                    ? credentials.insteadOf(proof.get())
                    : Optional.empty();
            if (other.isEmpty()) {
                throw e;
            }
            return fetched(request, other);
        }
    }

    private Token fetched(TokenRequest request, Optional<Proof> proof) throws OriginException, InterruptedException {
        Token token = endpoint.fetch(request, proof);
        if (proof.orElse(null) instanceof Proof.Identity used) {
            token.identity().ifPresent(fresh -> credentials.exchanged(used, fresh));
        }
        return token;
    }

    private static Held await(CompletableFuture<Held> token) throws OriginException, InterruptedException {
        try {
            return token.get();
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

    private static Optional<String> basic(Proof proof) {
        return proof instanceof Proof.Login login ? Optional.of(BasicAuth.header(login)) : Optional.empty();
    }

    /** Whether both are there and are one, found out in constant time. */
    private static boolean isSame(Optional<String> shown, Optional<String> refused) {
        return shown.isPresent() && shown.map(Secret::new).equals(refused.map(Secret::new));
    }
}
