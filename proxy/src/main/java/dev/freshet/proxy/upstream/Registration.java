package dev.freshet.proxy.upstream;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.config.Credentials;
import dev.freshet.config.unit.Secret;
import dev.freshet.proxy.upstream.auth.Accounts;
import dev.freshet.proxy.upstream.auth.Asker;
import dev.freshet.proxy.upstream.auth.Authorizer;
import dev.freshet.proxy.upstream.auth.CommandSource;
import dev.freshet.proxy.upstream.auth.CredentialSource;
import dev.freshet.proxy.upstream.auth.IdentitySource;
import dev.freshet.proxy.upstream.auth.Proof;
import dev.freshet.proxy.upstream.auth.TokenEndpoint;
import dev.freshet.proxy.upstream.limit.Account;
import dev.freshet.proxy.upstream.limit.RateLimits;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import okhttp3.HttpUrl;

/** Makes accounts of what is configured; each has its own tokens. */
final class Registration {

    private Registration() {}

    /** At least one, if only nobody's; no two of one name. */
    static Accounts accounts(Upstream upstream, RateLimits limits, TokenEndpoint endpoint, Executor executor,
            Ticker ticker) {
        Set<String> names = new LinkedHashSet<>();
        List<Asker> askers = new ArrayList<>();
        for (Credentials credentials : upstream.credentials()) {
            String label = credentials.label();
            String name = names.add(label) ? label : label + " (" + (askers.size() + 1) + ")";
            Account account = new Account(name);
            askers.add(asker(account, upstream, source(upstream, credentials, executor, ticker),
                    new LimitedTokens(upstream.name(), limits, account, endpoint), executor, ticker));
        }
        if (askers.isEmpty()) {
            askers.add(asker(Account.ANONYMOUS, upstream, CredentialSource.ANONYMOUS,
                    new LimitedTokens(upstream.name(), limits, Account.ANONYMOUS, endpoint), executor, ticker));
        }
        return new Accounts(askers, limits, ticker);
    }

    /**
     * One account, nobody's, at another registry that an upstream redirects to.
     *
     * @param registry the other one's address
     */
    static Accounts anonymous(Upstream upstream, HttpUrl registry, RateLimits limits, TokenEndpoint endpoint,
            Executor executor, Ticker ticker) {
        Account account = new Account("anonymous at " + registry.host());
        return new Accounts(List.of(new Asker(account,
                new Authorizer(registry, CredentialSource.ANONYMOUS, upstream.anonymous().tokenHosts(),
                        new LimitedTokens(upstream.name(), limits, account, endpoint), executor, ticker))),
                limits, ticker);
    }

    private static Asker asker(Account account, Upstream upstream, CredentialSource source, TokenEndpoint endpoint,
            Executor executor, Ticker ticker) {
        return new Asker(account,
                new Authorizer(upstream.url(), source, upstream.tokenHosts(), endpoint, executor, ticker));
    }

    private static CredentialSource source(Upstream upstream, Credentials credentials, Executor executor,
            Ticker ticker) {
        return switch (credentials) {
            case Credentials.Login(String username, Secret password) ->
                CredentialSource.of(new Proof.Login(username, password));
            case Credentials.IdentityToken(Secret token) -> new IdentitySource(token);
            case Credentials.Command command ->
                new CommandSource(new HelperCalls(upstream, command), executor, ticker);
        };
    }
}
