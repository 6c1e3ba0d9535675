package dev.freshet.proxy.upstream.auth;

import java.time.Instant;

/**
 * That what an account shows is refused.
 *
 * @param account its name
 * @param since when it was refused first
 * @param why who has refused it last and what to do, without secrets
 * @param nextTry the first moment at which it is shown again, unless it changes before
 */
public record RefusedCredentials(String account, Instant since, String why, Instant nextTry) {}
