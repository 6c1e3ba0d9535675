package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.OriginException;

/**
 * Shows what an account has where nothing else counts, as {@code docker login} does: to find out whether an account was
 * refused, or what it may do.
 */
@FunctionalInterface
public interface LoginCheck {

    /** What comes of it. */
    enum Verdict {
        /** The account is known there. */
        TAKEN,
        /** It is not, or is locked. */
        REFUSED,
        /** The answer says nothing of it. */
        UNCLEAR
    }

    /**
     * Shows it once, and blocks until it is answered.
     *
     * @throws OriginException if it is not answered
     */
    Verdict show(Credential credential) throws OriginException, InterruptedException;
}
