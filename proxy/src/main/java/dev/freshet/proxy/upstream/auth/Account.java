package dev.freshet.proxy.upstream.auth;

import dev.freshet.proxy.upstream.guard.AccountName;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An account at one registry. Its tokens are its own: no other account is shown them.
 *
 * @param name its name; no other account of the registry has the same
 * @param authorizer what it shows to the registry
 * @param refusal that what it shows is refused, while it is
 */
public record Account(AccountName name, Authorizer authorizer, Supplier<Optional<RefusedCredentials>> refusal) {

    /** An account without credentials that may be refused. */
    public Account(AccountName name, Authorizer authorizer) {
        this(name, authorizer, Optional::empty);
    }

    @Override
    public String toString() {
        return name.toString();
    }
}
