package dev.freshet.proxy.upstream.auth;

import dev.freshet.proxy.upstream.limit.Account;

/**
 * Somebody who asks one registry. Its tokens are its own: no other account is shown them.
 *
 * @param account whom the registry knows, or nobody; no other asker has the same
 * @param authorizer what it shows to the registry
 */
public record Asker(Account account, Authorizer authorizer) {

    @Override
    public String toString() {
        return account.toString();
    }
}
