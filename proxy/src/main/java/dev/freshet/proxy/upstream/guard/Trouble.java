package dev.freshet.proxy.upstream.guard;

import java.util.Optional;

/**
 * One failure that says something about the registry as a whole.
 *
 * @param cause in which way it failed
 * @param words for people, one line, without secrets
 * @param path of the request, when it may be that only this one fails; empty when the registry was not even connected
 */
public record Trouble(Cause cause, String words, Optional<String> path) {

    /** In which way a registry fails. */
    public enum Cause {

        /** Its name does not resolve, it cannot be connected, TLS fails, or the connection broke. */
        UNREACHABLE,
        /** It said nothing in time. */
        STALLED,
        /** It answered with a server error. */
        SERVER_ERROR
    }

    /** Whether both are of the same request, so that it may be the only one that fails. */
    boolean isOfSamePath(Trouble other) {
        return path.isPresent() && path.equals(other.path);
    }
}
