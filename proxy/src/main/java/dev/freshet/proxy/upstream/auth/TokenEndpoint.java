package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.config.unit.Secret;
import java.time.Duration;
import java.util.Optional;
import okhttp3.HttpUrl;

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

    /**
     * A bearer token; prints without itself.
     *
     * @param value what goes behind {@code Bearer}
     * @param life how long it may be used from now on
     * @param identity the identity token that came with it, to be used from now on; empty for none
     */
    record Token(String value, Duration life, Optional<Secret> identity) {

        /** One that came alone. */
        public Token(String value, Duration life) {
            this(value, life, Optional.empty());
        }

        @Override
        public String toString() {
            return "token for " + life.toSeconds() + " s";
        }
    }

    /**
     * What a token is asked for (distribution's token authentication specification).
     *
     * @param realm the token server, which {@link RealmRules} have accepted
     * @param service the registry's name for itself; empty when it gave none
     * @param scope what the token may do; always of Freshet's own making, also where the challenge asks for more; empty to
     *        find out whether the server gives any
     */
    record TokenRequest(HttpUrl realm, String service, String scope) {}
}
