package dev.freshet.proxy.upstream.guard;

import dev.freshet.cache.fill.FailureReason;
import java.util.Optional;

/**
 * A failure of one request that says something about its server as a whole.
 *
 * @param reason of the failure
 * @param words for people, one line, without secrets
 * @param path of the request, when it may be that only this one fails; empty when the server was not even connected, or its answer is of no single one
 */
public record Failure(FailureReason reason, String words, Optional<String> path) {

    /** A 429: the server was asked too often. */
    public static Failure tooManyRequests() {
        return new Failure(FailureReason.RATE_LIMITED, "answered 429", Optional.empty());
    }

    /** A 503 that says how long the server cannot answer. */
    public static Failure unavailable() {
        return new Failure(FailureReason.SERVER_ERROR, "answered 503", Optional.empty());
    }

    /** Whether both are of the same request, so that it may be the only one that fails. */
    boolean isOfSamePath(Failure other) {
        return path.isPresent() && path.equals(other.path);
    }
}
