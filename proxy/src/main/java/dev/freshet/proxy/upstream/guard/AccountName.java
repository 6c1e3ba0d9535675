package dev.freshet.proxy.upstream.guard;

/**
 * Whose calls a registry counts together: those of a user, or, without one, those of this machine's address.
 *
 * @param user empty for anonymous calls
 */
public record AccountName(String user) {

    /** The calls without a user. */
    public static final AccountName ANONYMOUS = new AccountName("");

    @Override
    public String toString() {
        return user.isEmpty() ? "anonymous" : user;
    }
}
