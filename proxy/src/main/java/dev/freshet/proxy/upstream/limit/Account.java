package dev.freshet.proxy.upstream.limit;

/**
 * Whose calls a registry counts together: those of a user, or, without one, those of this machine's address.
 *
 * @param user empty for anonymous calls
 */
public record Account(String user) {

    /** Nobody in particular. */
    public static final Account ANONYMOUS = new Account("");

    @Override
    public String toString() {
        return user.isEmpty() ? "anonymous" : user;
    }
}
