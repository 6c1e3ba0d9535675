package dev.freshet.proxy.upstream.call;

import dev.freshet.proxy.upstream.auth.Accounts;
import dev.freshet.proxy.upstream.guard.CircuitBreaker;

/**
 * A registry that requests go to: the upstream itself, or another one that it redirects to.
 *
 * @param breaker before requests to it
 * @param tokenBreaker before requests to its token server
 * @param accounts by which it is asked
 * @param isOther whether it is another one, which is asked anonymously
 */
public record Server(CircuitBreaker breaker, CircuitBreaker tokenBreaker, Accounts accounts, boolean isOther) {}
