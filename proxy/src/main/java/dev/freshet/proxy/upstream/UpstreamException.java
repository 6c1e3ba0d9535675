package dev.freshet.proxy.upstream;

import dev.freshet.cache.flight.OriginException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says that an upstream did not give what was asked. The message names the upstream and what was attempted, never a
 * query string, a credential or a token.
 */
public final class UpstreamException extends OriginException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    /** What happened, and whether asking again may help. */
    public enum Kind {

        /** The registry does not have it. */
        NOT_FOUND(false),
        /** The registry wants credentials, or others than the configured ones. */
        UNAUTHORIZED(false),
        /** The registry knows who asks and refuses. */
        FORBIDDEN(false),
        /** The registry was asked too often. */
        RATE_LIMITED(false),
        /** A rule of Freshet's own forbids what the upstream wants, such as a redirect into a private network. */
        AGAINST_RULES(false),
        /** The address cannot be resolved or connected, the connection broke, or no byte came in time. */
        UNREACHABLE(true),
        /** The registry or its storage answered with a server error. */
        SERVER_ERROR(true),
        /** The storage refused the signed URL: it has expired, or never was valid. */
        SIGNED_URL_REFUSED(true),
        /** The answer breaks HTTP or the registry protocol. */
        BAD_ANSWER(true);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }

        /** Whether asking again soon may help. */
        public boolean retryable() {
            return retryable;
        }
    }

    UpstreamException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    UpstreamException(Kind kind, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    /** An answer that is not what was asked for, found out after it was taken. */
    public static UpstreamException badAnswer(String message) {
        return new UpstreamException(Kind.BAD_ANSWER, message);
    }

    public Kind kind() {
        return kind;
    }

    /** How long the registry wants to be left alone; empty when it does not say. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
