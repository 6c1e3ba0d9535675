package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** HTTP Basic authentication (RFC 7617). */
public final class BasicAuth {

    private static final String SCHEME = "Basic ";

    private BasicAuth() {}

    /** The value of an {@code Authorization} header, in UTF-8 (RFC 7617, section 2.1). */
    public static String header(Credential.Login login) {
        return okhttp3.Credentials.basic(login.username(), login.password().reveal(), StandardCharsets.UTF_8);
    }

    /** Who is shown by a header's value that {@link #header} has made; empty for another one, such as a token's. */
    public static Optional<Credential.Login> login(String header) {
        if (!header.startsWith(SCHEME)) {
            return Optional.empty();
        }
        String shown = new String(Base64.getDecoder().decode(header.substring(SCHEME.length())),
                StandardCharsets.UTF_8);
        int colon = shown.indexOf(':');
        return Optional.of(new Credential.Login(shown.substring(0, colon), new Secret(shown.substring(colon + 1))));
    }
}
