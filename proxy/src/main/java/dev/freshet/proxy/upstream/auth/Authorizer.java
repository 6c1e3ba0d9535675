package dev.freshet.proxy.upstream.auth;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.OriginFailure;
import dev.freshet.config.unit.HostRule;
import dev.freshet.config.unit.Secret;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.Token;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.TokenRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Challenge;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

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
    /** As old must a token be that is renewed though its registry has not said by 401 that it is not good any more. */
    private static final Duration RENEWABLE = Duration.ofSeconds(10);
    /** As many tokens are fetched at once with an account's credentials, so that few are shown that are refused. */
    private static final int MOST_LOGINS = 4;

    private final HttpUrl registry;
    private final CredentialSource credentials;
    private final List<HostRule> tokenHosts;
    private final TokenEndpoint endpoint;
    private final Executor executor;
    private final Ticker ticker;
    private final AsyncCache<TokenRequest, Held> tokens;
    private final LoginCheck loginCheck;
    private final Semaphore logins = new Semaphore(MOST_LOGINS, true);

    private volatile @Nullable Way way;

    /**
     * A token.
     *
     * @param askedAtNanos when it was asked for
     * @param diesAtNanos when it is not to be used any more
     * @param ageingAtNanos when another is to be fetched ahead
     * @param next that other one, once it has been begun to be fetched
     */
    private record Held(Token token, long askedAtNanos, long diesAtNanos, long ageingAtNanos,
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
        this(registry, credentials, tokenHosts, endpoint, executor, ticker, credential -> LoginCheck.Verdict.UNCLEAR);
    }

    /**
     * @param registry the registry's own address
     * @param executor runs token fetches; must not be bounded by what waits for them
     * @param loginCheck shows a name and a password to the registry itself
     */
    public Authorizer(HttpUrl registry, CredentialSource credentials, List<HostRule> tokenHosts,
            TokenEndpoint endpoint, Executor executor, Ticker ticker, LoginCheck loginCheck) {
        this.registry = registry;
        this.credentials = credentials;
        this.tokenHosts = List.copyOf(tokenHosts);
        this.endpoint = endpoint;
        this.executor = executor;
        this.ticker = ticker;
        this.loginCheck = loginCheck;
        this.tokens = Caffeine.newBuilder().executor(executor).ticker(ticker).maximumSize(MAX_TOKENS)
                .expireAfter(Expiry.<TokenRequest, Held>creating((request, held) -> held.token().life().plus(AHEAD)))
                .buildAsync();
    }

    /**
     * What to send for this scope without having been asked; empty when nothing is known to be wanted.
     *
     * @throws CredentialsRefusedException while what the account shows is refused
     */
    public Optional<String> authorization(String scope) throws OriginException, InterruptedException {
        return switch (way) {
            case null -> Optional.empty();
            case Way.Basic() -> credentials.showable(loginCheck).flatMap(Authorizer::basic);
            case Way.Bearer(HttpUrl realm, String service) -> {
                try {
                    yield Optional.of(bearer(current(new TokenRequest(realm, service, scope))));
                } catch (OriginException e) {
                    way = isOfNoRequest(e) ? way : null;
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
                return renewBasic(scope, refused);
            }
        }
        return new Renewal.Impossible("it asks for neither Bearer nor Basic authentication");
    }

    /**
     * What to send after a refusal that is no 401; empty when there is nothing else. What the account shows is asked for
     * anew, and so is a token that is not a new one.
     *
     * @param refused the header that was refused
     */
    public Optional<String> anew(String scope, String refused) throws OriginException, InterruptedException {
        return switch (way) {
            case null -> Optional.empty();
            case Way.Basic() -> {
                Optional<Credential.Login> shown = Credential.Login.of(refused);
                yield shown.isEmpty()
                        ? Optional.empty()
                        : credentials.insteadOf(shown.get()).flatMap(Authorizer::basic);
            }
            case Way.Bearer(HttpUrl realm, String service) ->
                anew(new TokenRequest(realm, service, scope), refused);
        };
    }

    private Optional<String> anew(TokenRequest request, String refused) throws OriginException, InterruptedException {
        CompletableFuture<Held> known = tokens.getIfPresent(request);
        if (known != null && known.isDone() && isGood(known)
                && isSame(Optional.of(bearer(known.join().token())), Optional.of(refused))) {
            if (ticker.read() - known.join().askedAtNanos() < RENEWABLE.toNanos()) {
                return Optional.empty();
            }
            askAnew();
            tokens.asMap().remove(request, known);
        }
        String fresh;
        try {
            fresh = bearer(current(request));
        } catch (OriginException e) {
            if (known != null && known.isDone() && isGood(known)) {
                tokens.asMap().compute(request,
                        (key, now) -> now == null || now.isCompletedExceptionally() ? known : now);
            }
            throw e;
        }
        return Optional.of(fresh).filter(other -> !isSame(Optional.of(other), Optional.of(refused)));
    }

    /** Finds out whether the account shows something else now; that it cannot be found out does not matter. */
    private void askAnew() throws InterruptedException {
        try {
            Optional<Credential> credential = credentials.credential();
            if (credential.isPresent()) {
                credentials.insteadOf(credential.get());
            }
        } catch (OriginException e) {
            LOG.debug("what an account shows was not asked anew: {}", e.getMessage());
        }
    }

    /**
     * The registry has refused this twice, or has nothing against it.
     *
     * @param shown the header's value
     * @param status the registry's answer to it
     * @param scope what was asked for
     * @return what to say when it is the account that is refused; empty otherwise
     */
    public Optional<CredentialsRefusedException> answered(String shown, int status, String scope)
            throws InterruptedException {
        Optional<Credential.Login> login = Credential.Login.of(shown);
        if (login.isEmpty()) {
            return Optional.empty();
        }
        if (status == 401 || status == 403) {
            return credentials.refused(login.get(), scope, "the registry answered " + status + " to them; check the"
                    + " upstream's username and password, or what its credential-command prints", loginCheck);
        }
        if (status < 400 || status == 404) {
            credentials.accepted(login.get());
        }
        return Optional.empty();
    }

    private Renewal renewBasic(String scope, Optional<String> refused) throws OriginException, InterruptedException {
        way = new Way.Basic();
        Optional<Credential> credential = credentials.showable(loginCheck);
        if (credential.isPresent() && isSame(credential.flatMap(Authorizer::basic), refused)) {
            Optional<Credential> other = credentials.insteadOf(credential.get());
            if (other.isEmpty() && refused.isPresent()) {
                Optional<CredentialsRefusedException> failure = answered(refused.get(), 401, scope);
                if (failure.isPresent()) {
                    throw failure.get();
                }
            }
            credential = other;
        }
        return switch (credential.orElse(null)) {
            case Credential.Login login -> new Renewal.Authorized(login.header());
            case Credential.IdentityToken identity ->
                new Renewal.Impossible("it wants a user name and a password, and there is"
                        + " an identity token only; set the upstream's username and password");
            case null -> new Renewal.Impossible(refused.isPresent()
                    ? "it refuses the user name and the password; check what the upstream's username may pull, and the"
                            + " repository's name"
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
        String fresh;
        try {
            fresh = bearer(current(request));
        } catch (CredentialsRefusedException e) {
            way = new Way.Bearer(request.realm(), request.service());
            throw e;
        }
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
                LOG.atLevel(e.getCause() instanceof CredentialsRefusedException ? Level.DEBUG : Level.INFO)
                        .log("a token was not renewed ahead of its end: {}", String.valueOf(e.getCause()));
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
    private CompletableFuture<Held> token(TokenRequest request) throws OriginException, InterruptedException {
        CompletableFuture<Held> known = tokens.getIfPresent(request);
        if (known != null && known.isDone() && !isGood(known)) {
            CompletableFuture<Held> next = known.isCompletedExceptionally() ? null : known.join().next().get();
            if (next != null && (!next.isDone() || isGood(next))) {
                tokens.asMap().replace(request, known, next);
            } else {
                tokens.asMap().remove(request, known);
            }
        }
        if (tokens.getIfPresent(request) == null) {
            credentials.showable(login(request));
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
            Token token = fetchAsAccount(request);
            Duration life = token.life();
            return new Held(token, askedAt, askedAt + usable(life).toNanos(),
                    askedAt + life.multipliedBy(3).dividedBy(4).toNanos(), new AtomicReference<>());
        } catch (OriginException e) {
            throw new CompletionException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(
                    new OriginException(OriginFailure.UNREACHABLE, "fetch of a token was interrupted", e));
        }
    }

    private Token fetchAsAccount(TokenRequest request) throws OriginException, InterruptedException {
        LoginCheck login = login(request);
        Optional<Credential> credential = credentials.showable(login);
        if (credential.isEmpty()) {
            return fetched(request, credential);
        }
        logins.acquire();
        try {
            return fetch(request, credentials.showable(login), login);
        } finally {
            logins.release();
        }
    }

    /** Shows something else once if the token server refuses what it is shown, and there is something else. */
    private Token fetch(TokenRequest request, Optional<Credential> credential, LoginCheck login)
            throws OriginException, InterruptedException {
        Optional<Credential> shown = credential;
        try {
            return fetched(request, shown);
        } catch (OriginException e) {
            Optional<Credential> other = isRefusal(e) && credential.isPresent()
                    ? credentials.insteadOf(credential.get())
                    : Optional.empty();
            if (other.isEmpty()) {
                throw judged(e, request, credential, login);
            }
            shown = other;
        }
        try {
            return fetched(request, shown);
        } catch (OriginException e) {
            throw judged(e, request, shown, login);
        }
    }

    /** What to say of a failed fetch: the same, unless it is the account that is refused, for any scope. */
    private OriginException judged(OriginException failure, TokenRequest request, Optional<Credential> shown,
            LoginCheck login) throws InterruptedException {
        if (failure.failure() != OriginFailure.UNAUTHORIZED || shown.isEmpty()) {
            return failure;
        }
        Optional<CredentialsRefusedException> refused = credentials.refused(shown.get(), request.scope(),
                String.valueOf(failure.getMessage()), login);
        return refused.isPresent() ? refused.get() : failure;
    }

    /** A token of no scope is given to every account. */
    private LoginCheck login(TokenRequest request) {
        return credential -> {
            try {
                fetched(new TokenRequest(request.realm(), request.service(), ""), Optional.of(credential));
                return LoginCheck.Verdict.TAKEN;
            } catch (OriginException e) {
                return switch (e.failure()) {
                    case UNAUTHORIZED, FORBIDDEN -> LoginCheck.Verdict.REFUSED;
                    case NOT_FOUND, BAD_ANSWER -> LoginCheck.Verdict.UNCLEAR;
                    case RATE_LIMITED, AGAINST_RULES, UNREACHABLE, STALLED, SERVER_ERROR -> throw e;
                };
            }
        };
    }

    /** Whether another credential may help: token servers also say by 400 that one is not good any more. */
    private static boolean isRefusal(OriginException failure) {
        return switch (failure.failure()) {
            case UNAUTHORIZED, FORBIDDEN, BAD_ANSWER -> true;
            case NOT_FOUND, RATE_LIMITED, AGAINST_RULES, UNREACHABLE, STALLED, SERVER_ERROR -> false;
        };
    }

    /** Whether a token server was not asked, so that nothing was found out about it. */
    private static boolean isOfNoRequest(OriginException failure) {
        return failure.failure() == OriginFailure.RATE_LIMITED
                || (failure instanceof CredentialsRefusedException refused && !refused.isOfNow());
    }

    private Token fetched(TokenRequest request, Optional<Credential> credential)
            throws OriginException, InterruptedException {
        Token token = endpoint.fetch(request, credential);
        credential.ifPresent(credentials::accepted);
        if (credential.orElse(null) instanceof Credential.IdentityToken used) {
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

    private static Optional<String> basic(Credential credential) {
        return credential instanceof Credential.Login login ? Optional.of(login.header()) : Optional.empty();
    }

    /** Whether both are there and are one, found out in constant time. */
    private static boolean isSame(Optional<String> shown, Optional<String> refused) {
        return shown.isPresent() && shown.map(Secret::new).equals(refused.map(Secret::new));
    }
}
