package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.flight.OriginException;

/** Asks a token server. */
@FunctionalInterface
public interface TokenEndpoint {

    /**
     * Fetches a new token, and blocks until it is there.
     *
     * @throws OriginException if there is none to be had
     */
    Token fetch(TokenRequest request) throws OriginException, InterruptedException;
}
