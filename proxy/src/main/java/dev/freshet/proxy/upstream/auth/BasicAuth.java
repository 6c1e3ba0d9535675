package dev.freshet.proxy.upstream.auth;

import java.nio.charset.StandardCharsets;

/** HTTP Basic authentication (RFC 7617). */
public final class BasicAuth {

    private BasicAuth() {}

    /** The value of an {@code Authorization} header, in UTF-8 (RFC 7617, section 2.1). */
    public static String header(Proof.Login login) {
        return okhttp3.Credentials.basic(login.username(), login.password().reveal(), StandardCharsets.UTF_8);
    }
}
