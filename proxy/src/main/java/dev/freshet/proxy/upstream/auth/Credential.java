package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import okhttp3.Credentials;

/** What an account shows, at this moment; prints without its secret, and compares it in constant time. */
public sealed interface Credential {

    /**
     * A name and what proves it, to a registry or a token server.
     *
     * @param username without a colon
     * @param password its password or access token
     */
    record Login(String username, Secret password) implements Credential {

        private static final String SCHEME = "Basic ";

        /** The value of an {@code Authorization} header, in UTF-8 (RFC 7617, section 2.1). */
        String header() {
            return Credentials.basic(username, password.reveal(), StandardCharsets.UTF_8);
        }

        /** The login of a value that {@link #header} has made; empty for another one, such as a token's. */
        static Optional<Login> of(String header) {
            if (!header.startsWith(SCHEME)) {
                return Optional.empty();
            }
            String shown = new String(Base64.getDecoder().decode(header.substring(SCHEME.length())),
                    StandardCharsets.UTF_8);
            int colon = shown.indexOf(':');
            return Optional.of(new Login(shown.substring(0, colon), new Secret(shown.substring(colon + 1))));
        }
    }

    /** A refresh token (RFC 6749, section 1.5), to a token server only. */
    record IdentityToken(Secret token) implements Credential {}
}
