package dev.freshet.proxy.upstream.auth;

import dev.freshet.proxy.upstream.limit.Account;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Somebody who asks one registry. Its tokens are its own: no other account is shown them.
 *
 * @param account whom the registry knows, or nobody; no other asker has the same
 * @param authorizer what it shows to the registry
 * @param refusal that what it shows is refused, while it is
 */
public record Asker(Account account, Authorizer authorizer, Supplier<Optional<RefusedCredentials>> refusal) {

    /** One that has nothing to show that may be refused. */
    public Asker(Account account, Authorizer authorizer) {
        this(account, authorizer, Optional::empty);
    }

    @Override
    public String toString() {
        return account.toString();
    }
}
