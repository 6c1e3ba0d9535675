package dev.freshet.proxy.upstream.guard;

import java.util.Optional;

/**
 * A failure of one request that says something about its server as a whole.
 *
 * @param cause in which way it failed
 * @param words for people, one line, without secrets
 * @param path of the request, when it may be that only this one fails; empty when the server was not even connected, or its answer is of no single one
 */
public record Failure(Cause cause, String words, Optional<String> path) {

    /** In which way a server fails. */
    public enum Cause {

        /** Its name does not resolve, it cannot be connected, TLS fails, or the connection broke. */
        UNREACHABLE,
        /** It said nothing in time. */
        STALLED,
        /** It answered with a server error. */
        SERVER_ERROR,
        /** It was asked too often (RFC 6585, section 4). */
        TOO_MANY_REQUESTS,
        /** It has said for how long it cannot answer (RFC 9110, section 15.6.4). */
        UNAVAILABLE
    }

    /** A 429: the server was asked too often. */
    public static Failure tooManyRequests() {
        return new Failure(Cause.TOO_MANY_REQUESTS, "answered 429", Optional.empty());
    }

    /** A 503 that says how long the server cannot answer. */
    public static Failure unavailable() {
        return new Failure(Cause.UNAVAILABLE, "answered 503", Optional.empty());
    }

    /** Whether both are of the same request, so that it may be the only one that fails. */
    boolean isOfSamePath(Failure other) {
        return path.isPresent() && path.equals(other.path);
    }
}
