package dev.freshet.proxy.upstream.auth;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.config.unit.Secret;
import dev.freshet.proxy.upstream.auth.CredentialSource.CredentialsRefusedException;
import dev.freshet.proxy.upstream.auth.CredentialSource.LoginCheck;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.Token;
import dev.freshet.proxy.upstream.auth.TokenEndpoint.TokenRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The tokens of one account. N requests that need one token wait for one fetch. A token that has a quarter of its life left
 * is renewed in the background while it goes on being used. All methods may be called by any thread.
 */
final class Tokens {

    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

    private static final int MAX_TOKENS = 10_000;
    /** As long may a fetch ahead take that is begun late: the dead token leads to it. */
    private static final Duration AHEAD = Duration.ofMinutes(1);
    /** As old must a token be that is renewed though its registry has not said by 401 that it is not good any more. */
    private static final Duration RENEWABLE = Duration.ofSeconds(10);
    /** As many tokens are fetched at once with an account's credentials, so that few are shown that are refused. */
    private static final int MOST_LOGINS = 4;

    private final CredentialSource credentials;
    private final TokenEndpoint endpoint;
    private final Executor executor;
    private final Ticker ticker;
    private final AsyncCache<TokenRequest, Held> cache;
    private final Semaphore logins = new Semaphore(MOST_LOGINS, true);

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

    /** @param executor runs fetches; must not be bounded by what waits for them */
    Tokens(CredentialSource credentials, TokenEndpoint endpoint, Executor executor, Ticker ticker) {
        this.credentials = credentials;
        this.endpoint = endpoint;
        this.executor = executor;
        this.ticker = ticker;
        this.cache = Caffeine.newBuilder().executor(executor).ticker(ticker).maximumSize(MAX_TOKENS)
                .expireAfter(Expiry.<TokenRequest, Held>creating((request, held) -> held.token().life().plus(AHEAD)))
                .buildAsync();
    }

    /** The header of the token to use now; when it is ageing, another is begun to be fetched. */
    String current(TokenRequest request) throws OriginException, InterruptedException {
        CompletableFuture<Held> known = token(request);
        Held held = await(known, "fetch of a token");
        if (ticker.read() - held.ageingAtNanos() >= 0) {
            renewAhead(request, known, held);
        }
        return bearer(held.token());
    }

    /** Drops a token if this header, which was refused, shows it. */
    void forget(TokenRequest request, String refused) {
        CompletableFuture<Held> known = cache.getIfPresent(request);
        if (known != null && isOf(known, refused)) {
            cache.asMap().remove(request, known);
        }
    }

    /**
     * Another token's header than the one that was refused; empty when there is none, or this one is new itself. The
     * token that is known is kept where the token server gives no other.
     */
    Optional<String> anew(TokenRequest request, String refused) throws OriginException, InterruptedException {
        CompletableFuture<Held> known = cache.getIfPresent(request);
        if (known != null && isOf(known, refused)) {
            if (ticker.read() - known.join().askedAtNanos() < RENEWABLE.toNanos()) {
                return Optional.empty();
            }
            askAnew();
            cache.asMap().remove(request, known);
        }
        String fresh;
        try {
            fresh = current(request);
        } catch (OriginException e) {
            if (known != null && known.isDone() && isGood(known)) {
                cache.asMap().compute(request,
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

    /** A token that cannot be renewed ahead is used to its end, and then fetched by who needs it. */
    private void renewAhead(TokenRequest request, CompletableFuture<Held> known, Held ageing) {
        CompletableFuture<Held> next = new CompletableFuture<>();
        if (!ageing.next().compareAndSet(null, next)) {
            return;
        }
        executor.execute(() -> {
            try {
                next.complete(fetch(request));
                cache.asMap().replace(request, known, next);
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
        CompletableFuture<Held> known = cache.getIfPresent(request);
        if (known != null && known.isDone() && !isGood(known)) {
            CompletableFuture<Held> next = known.isCompletedExceptionally() ? null : known.join().next().get();
            if (next != null && (!next.isDone() || isGood(next))) {
                cache.asMap().replace(request, known, next);
            } else {
                cache.asMap().remove(request, known);
            }
        }
        if (cache.getIfPresent(request) == null) {
            credentials.showable(login(request));
        }
        return cache.get(request, (key, threads) -> CompletableFuture.supplyAsync(() -> fetch(key), threads));
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
                    new OriginException(FailureReason.UNREACHABLE, "fetch of a token was interrupted", e));
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
        if (failure.reason() != FailureReason.UNAUTHORIZED || shown.isEmpty()) {
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
                return switch (e.reason()) {
                    case UNAUTHORIZED, FORBIDDEN -> LoginCheck.Verdict.REFUSED;
                    case NOT_FOUND, BAD_ANSWER, SIGNED_URL_REFUSED -> LoginCheck.Verdict.UNCLEAR;
                    default -> throw e;
                };
            }
        };
    }

    /** Whether another credential may help: token servers also say by 400 that one is not good any more. */
    private static boolean isRefusal(OriginException failure) {
        return switch (failure.reason()) {
            case UNAUTHORIZED, FORBIDDEN, BAD_ANSWER, SIGNED_URL_REFUSED -> true;
            default -> false;
        };
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

    /** Waits for what another thread does, and fails as that does. */
    static <T> T await(CompletableFuture<T> outcome, String what) throws OriginException, InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OriginException cause) {
                throw cause;
            }
            throw new IllegalStateException(what + " failed by a defect in Freshet", e.getCause());
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

    private boolean isOf(CompletableFuture<Held> known, String header) {
        return known.isDone() && isGood(known)
                && isSame(Optional.of(bearer(known.join().token())), Optional.of(header));
    }

    /** Whether both are there and are one, found out in constant time. */
    static boolean isSame(Optional<String> shown, Optional<String> refused) {
        return shown.isPresent() && shown.map(Secret::new).equals(refused.map(Secret::new));
    }
}
