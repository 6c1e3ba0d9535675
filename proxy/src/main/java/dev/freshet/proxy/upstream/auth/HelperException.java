package dev.freshet.proxy.upstream.auth;

/** Says why a credential helper has told nothing; never what it printed. */
public final class HelperException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean ignorant;

    HelperException(String message) {
        this(message, false);
    }

    private HelperException(String message, boolean ignorant) {
        super(message);
        this.ignorant = ignorant;
    }

    /** It works, and knows nothing of this registry. */
    static HelperException ignorant(String server) {
        return new HelperException("it knows no credentials for " + server, true);
    }

    /** Whether it works, and has just nothing to tell. */
    public boolean isIgnorant() {
        return ignorant;
    }
}
