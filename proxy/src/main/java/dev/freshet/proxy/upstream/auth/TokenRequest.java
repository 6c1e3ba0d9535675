package dev.freshet.proxy.upstream.auth;

import okhttp3.HttpUrl;

/**
 * What a token is asked for (distribution's token authentication specification).
 *
 * @param realm the token server, which {@link RealmRules} have accepted
 * @param service the registry's name for itself; empty when it gave none
 * @param scope what the token may do; always of Freshet's own making, also where the challenge asks for more; empty to
 *        find out whether the server gives any
 */
public record TokenRequest(HttpUrl realm, String service, String scope) {}
