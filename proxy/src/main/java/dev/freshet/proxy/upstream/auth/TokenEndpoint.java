package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.OriginException;
import java.util.Optional;

/** Asks a token server. */
@FunctionalInterface
public interface TokenEndpoint {

    /**
     * Fetches a new token, and blocks until it is there.
     *
     * @param proof who asks; empty for nobody
     * @throws OriginException if there is none to be had
     */
    Token fetch(TokenRequest request, Optional<Proof> proof) throws OriginException, InterruptedException;
}
