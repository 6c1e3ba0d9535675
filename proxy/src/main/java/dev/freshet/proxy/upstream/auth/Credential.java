package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.Secret;

/** What an account shows, at this moment; prints without its secret, and compares it in constant time. */
public sealed interface Credential {

    /**
     * A name and what proves it, to a registry or a token server.
     *
     * @param username without a colon
     * @param password its password or access token
     */
    record Login(String username, Secret password) implements Credential {}

    /** A refresh token (RFC 6749, section 1.5), to a token server only. */
    record IdentityToken(Secret token) implements Credential {}
}
