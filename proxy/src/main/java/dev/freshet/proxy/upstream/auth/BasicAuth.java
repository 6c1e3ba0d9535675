package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.Credentials;
import java.nio.charset.StandardCharsets;

/** HTTP Basic authentication (RFC 7617). */
public final class BasicAuth {

    private BasicAuth() {}

    /** The value of an {@code Authorization} header, in UTF-8 (RFC 7617, section 2.1). */
    public static String header(Credentials credentials) {
        return okhttp3.Credentials.basic(credentials.username(), credentials.password().reveal(),
                StandardCharsets.UTF_8);
    }
}
