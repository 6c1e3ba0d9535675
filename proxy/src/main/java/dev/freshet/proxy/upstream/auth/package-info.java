/** Credentials and tokens, and the rules that keep them with the registry they are for. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.auth;
