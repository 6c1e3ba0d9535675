/**
 * Credentials and tokens, and the rules that keep them with the registry they are for.
 *
 * <p>{@link dev.freshet.proxy.upstream.auth.Accounts} says whose turn it is. What an account shows, a {@link
 * dev.freshet.proxy.upstream.auth.Credential}, comes from its {@link dev.freshet.proxy.upstream.auth.CredentialSource}: the
 * configuration, a token server's exchange, or a command. Its {@link dev.freshet.proxy.upstream.auth.Authorizer} makes of it
 * what the registry asks for: Basic, or a token from a server that {@link dev.freshet.proxy.upstream.auth.RealmRules} allow.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.auth;
