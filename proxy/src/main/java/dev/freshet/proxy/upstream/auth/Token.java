package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.Secret;
import java.time.Duration;
import java.util.Optional;

/**
 * A bearer token; prints without itself.
 *
 * @param value what goes behind {@code Bearer}
 * @param life how long it may be used from now on
 * @param identity the identity token that came with it, to be used from now on; empty for none
 */
public record Token(String value, Duration life, Optional<Secret> identity) {

    /** One that came alone. */
    public Token(String value, Duration life) {
        this(value, life, Optional.empty());
    }

    @Override
    public String toString() {
        return "token for " + life.toSeconds() + " s";
    }
}
