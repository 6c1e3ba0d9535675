package dev.freshet.proxy.upstream.auth;

import java.nio.charset.StandardCharsets;

/**
 * A user name and password for one registry; prints without the password.
 *
 * @param username without a colon (RFC 7617, section 2)
 * @param password any text
 */
public record Credentials(String username, String password) {

    /** The value of an {@code Authorization} header, in UTF-8 (RFC 7617, section 2.1). */
    public String basic() {
        return okhttp3.Credentials.basic(username, password, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return username + ":<hidden>";
    }
}
