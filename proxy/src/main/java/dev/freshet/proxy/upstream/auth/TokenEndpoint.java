package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.OriginException;
import java.util.Optional;

/** Asks a token server. */
@FunctionalInterface
public interface TokenEndpoint {

    /**
     * Fetches a new token, and blocks until it is there.
     *
     * @param credential who asks; empty for an anonymous token
     * @throws OriginException if the token server gives none
     */
    Token fetch(TokenRequest request, Optional<Credential> credential) throws OriginException, InterruptedException;
}
