package dev.freshet.proxy.upstream.auth;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.store.Event;
import dev.freshet.config.Credentials;
import dev.freshet.config.Credentials.CommandWord;
import dev.freshet.config.unit.Secret;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.Accounts.Account;
import dev.freshet.proxy.upstream.auth.CredentialHelper.HelperException;
import dev.freshet.proxy.upstream.guard.CircuitBreaker;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.guard.RateLimits.AccountName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts of an upstream as they are configured; each has its own tokens.
 *
 * @param limits of the upstream
 * @param executor runs token fetches and credential commands, unbounded
 */
public record ConfiguredAccounts(Upstream upstream, RateLimits limits, Executor executor, InstantSource clock,
        Ticker ticker) {

    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredAccounts.class);

    /** Well within the time that clients wait for a head. */
    private static final Duration COMMAND_PATIENCE = Duration.ofSeconds(10);

    /**
     * At least one, if only the anonymous one; no two of one name.
     *
     * @param breaker before the token server
     * @param events hears of credentials that are refused, and of their end
     */
    public Accounts own(CircuitBreaker breaker, TokenCalls server, Consumer<Event> events) {
        Set<String> names = new LinkedHashSet<>();
        List<Account> accounts = new ArrayList<>();
        for (Credentials credentials : upstream.credentials()) {
            String label = credentials.label();
            AccountName name = new AccountName(
                    names.add(label) ? label : label + " (" + (accounts.size() + 1) + ")");
            GuardedCredentials guarded = new GuardedCredentials(source(credentials), clock, ticker,
                    telling(events, name));
            Authorizer authorizer = new Authorizer(upstream.url(), guarded, upstream.tokenHosts(),
                    guarded(name, breaker, server), executor, ticker, server::login);
            accounts.add(new Account(name, authorizer, () -> guarded.refusal(name.toString())));
        }
        if (accounts.isEmpty()) {
            accounts.add(anonymous(AccountName.ANONYMOUS, upstream.url(), breaker, server));
        }
        return new Accounts(accounts, limits, ticker);
    }

    /**
     * One anonymous account, at another registry that the upstream redirects to.
     *
     * @param registry the other one's address
     */
    public Accounts anonymousAt(HttpUrl registry, CircuitBreaker breaker, TokenEndpoint server) {
        AccountName name = new AccountName("anonymous at " + registry.host());
        return new Accounts(List.of(anonymous(name, registry, breaker, server)), limits, ticker);
    }

    private Account anonymous(AccountName name, HttpUrl registry, CircuitBreaker breaker, TokenEndpoint server) {
        return new Account(name, new Authorizer(registry, CredentialSource.ANONYMOUS, upstream.anonymous().tokenHosts(),
                guarded(name, breaker, server), executor, ticker));
    }

    private TokenEndpoint guarded(AccountName name, CircuitBreaker breaker, TokenEndpoint server) {
        return new GuardedTokenEndpoint(upstream.name(), limits, name, breaker, server);
    }

    private GuardedCredentials.Listener telling(Consumer<Event> events, AccountName account) {
        return new GuardedCredentials.Listener() {

            @Override
            public void refused(String why) {
                events.accept(new UpstreamEvent.CredentialsRefused(upstream.name(), account.toString(), why));
            }

            @Override
            public void taken(long heldBack) {
                events.accept(new UpstreamEvent.CredentialsAccepted(upstream.name(), account.toString(), heldBack));
            }
        };
    }

    private CredentialSource source(Credentials credentials) {
        return switch (credentials) {
            case Credentials.Login(String username, Secret password, Optional<Path> file) ->
                new SecretSource(secret -> new Credential.Login(username, secret), password, file);
            case Credentials.IdentityToken(Secret token, Optional<Path> file) ->
                new SecretSource(Credential.IdentityToken::new, token, file);
            case Credentials.Command command -> {
                CredentialHelper helper = new CredentialHelper(
                        command.words().stream().map(CommandWord::value).toList(), COMMAND_PATIENCE);
                yield new CommandSource(() -> run(command, helper), executor, ticker);
            }
        };
    }

    /** Runs a {@code credential-command}; each failure is told in the log. */
    private Credential run(Credentials.Command command, CredentialHelper helper)
            throws UpstreamException, InterruptedException {
        String server = upstream.loginServer();
        try {
            return helper.ask(server);
        } catch (HelperException e) {
            String what = "run of credential-command " + command.label() + " for upstream " + upstream.name()
                    + " failed: " + e.getMessage() + (e.isIgnorant()
                            ? "; log in to it with this helper, or remove credential-command"
                            : "; try `echo " + server + " | " + command.label() + " get`");
            LOG.warn("{}", what);
            throw e.isIgnorant()
                    ? UpstreamException.withoutCredentials(what, e)
                    : new UpstreamException(FailureReason.SERVER_ERROR, what, e, null);
        }
    }
}
