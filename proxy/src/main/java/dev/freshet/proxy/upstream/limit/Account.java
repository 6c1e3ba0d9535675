package dev.freshet.proxy.upstream.limit;

import dev.freshet.config.Credentials;
import java.util.Optional;

/**
 * Whose calls a registry counts together: those of a user, or, without one, those of this machine's address.
 *
 * @param user empty for anonymous calls
 */
public record Account(String user) {

    /** Nobody in particular. */
    public static final Account ANONYMOUS = new Account("");

    /** The account of these credentials. */
    public static Account of(Optional<Credentials> credentials) {
        return credentials.map(known -> new Account(known.username())).orElse(ANONYMOUS);
    }

    @Override
    public String toString() {
        return user.isEmpty() ? "anonymous" : user;
    }
}
