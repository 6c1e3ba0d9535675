package dev.freshet.proxy.upstream.auth;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.config.Credentials;
import dev.freshet.config.unit.Secret;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvents;
import dev.freshet.proxy.upstream.auth.Accounts.Account;
import dev.freshet.proxy.upstream.guard.AccountName;
import dev.freshet.proxy.upstream.guard.CircuitBreaker;
import dev.freshet.proxy.upstream.guard.RateLimits;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import okhttp3.HttpUrl;

/** The accounts of an upstream as they are configured; each has its own tokens. */
public final class ConfiguredAccounts {

    private ConfiguredAccounts() {}

    /**
     * At least one, if only the anonymous one; no two of one name.
     *
     * @param breaker before the token server
     * @param loginCheck shows a name and a password to the registry itself
     * @param events hears of credentials that are refused, and of their end
     */
    public static Accounts of(Upstream upstream, RateLimits limits, CircuitBreaker breaker, TokenEndpoint server,
            LoginCheck loginCheck,
            UpstreamEvents events, Executor executor, InstantSource clock, Ticker ticker) {
        Set<String> names = new LinkedHashSet<>();
        List<Account> accounts = new ArrayList<>();
        for (Credentials credentials : upstream.credentials()) {
            String label = credentials.label();
            String name = names.add(label) ? label : label + " (" + (accounts.size() + 1) + ")";
            AccountName account = new AccountName(name);
            GuardedCredentials guarded = new GuardedCredentials(source(upstream, credentials, executor, ticker), clock,
                    ticker, telling(events, upstream, account));
            accounts.add(new Account(account, new Authorizer(upstream.url(), guarded, upstream.tokenHosts(),
                    new GuardedTokenEndpoint(upstream.name(), limits, account, breaker, server), executor, ticker,
                    loginCheck),
                    () -> guarded.refusal(account.toString())));
        }
        if (accounts.isEmpty()) {
            accounts.add(new Account(AccountName.ANONYMOUS, new Authorizer(upstream.url(), CredentialSource.ANONYMOUS,
                    upstream.tokenHosts(),
                    new GuardedTokenEndpoint(upstream.name(), limits, AccountName.ANONYMOUS, breaker, server),
                    executor, ticker)));
        }
        return new Accounts(accounts, limits, ticker);
    }

    /**
     * One anonymous account, at another registry that an upstream redirects to.
     *
     * @param registry the other one's address
     */
    public static Accounts anonymousAt(Upstream upstream, HttpUrl registry, RateLimits limits, CircuitBreaker breaker,
            TokenEndpoint server,
            Executor executor, Ticker ticker) {
        AccountName account = new AccountName("anonymous at " + registry.host());
        return new Accounts(List.of(new Account(account,
                new Authorizer(registry, CredentialSource.ANONYMOUS, upstream.anonymous().tokenHosts(),
                        new GuardedTokenEndpoint(upstream.name(), limits, account, breaker, server), executor,
                        ticker))),
                limits, ticker);
    }

    private static GuardedCredentials.Listener telling(UpstreamEvents events, Upstream upstream, AccountName account) {
        return new GuardedCredentials.Listener() {

            @Override
            public void refused(String why) {
                events.credentialsRefused(upstream.name(), account.toString(), why);
            }

            @Override
            public void taken(long heldBack) {
                events.credentialsTaken(upstream.name(), account.toString(), heldBack);
            }
        };
    }

    private static CredentialSource source(Upstream upstream, Credentials credentials, Executor executor,
            Ticker ticker) {
        return switch (credentials) {
            case Credentials.Login(String username, Secret password, Optional<Path> file) ->
                new SecretSource(secret -> new Credential.Login(username, secret), password, file);
            case Credentials.IdentityToken(Secret token, Optional<Path> file) ->
                new SecretSource(Credential.IdentityToken::new, token, file);
            case Credentials.Command command ->
                new CommandSource(new CredentialCommand(upstream, command), executor, ticker);
        };
    }
}
