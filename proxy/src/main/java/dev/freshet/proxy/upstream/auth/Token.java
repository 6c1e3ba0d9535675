package dev.freshet.proxy.upstream.auth;

import java.time.Duration;

/**
 * A bearer token; prints without itself.
 *
 * @param value what goes behind {@code Bearer}
 * @param life how long it may be used from now on
 */
public record Token(String value, Duration life) {

    @Override
    public String toString() {
        return "token for " + life.toSeconds() + " s";
    }
}
