package dev.freshet.proxy.upstream.auth;

import okhttp3.HttpUrl;

/**
 * What a token is asked for (distribution's token authentication specification).
 *
 * @param realm the token server, which {@link RealmRules} have accepted
 * @param service the registry's name for itself; empty when it gave none
 * @param scope what the token may do; always of Freshet's own making, whatever the challenge asks for; empty to find out
 *        whether there is one to be had at all
 */
public record TokenRequest(HttpUrl realm, String service, String scope) {}
