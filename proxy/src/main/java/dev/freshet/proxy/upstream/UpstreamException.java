package dev.freshet.proxy.upstream;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.OriginFailure;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Rejected;
import dev.freshet.proxy.upstream.guard.Failure;
import dev.freshet.proxy.upstream.guard.RetryAfter;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.io.IOException;
import java.io.InterruptedIOException;
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
    private final Basis basis;

    /** What it is said from. */
    private enum Basis {
        ASKED,
        INFERRED,
        FINAL,
        REMEMBERED,
        NOTED,
        HELD_BACK,
        CREDENTIALS_REFUSED,
        CREDENTIALS_HELD_BACK
    }

    /** What happened, and whether asking again may help. */
    public enum Kind {

        /** The registry does not have it. */
        NOT_FOUND(false, OriginFailure.NOT_FOUND),
        /** The registry wants credentials, or others than the configured ones. */
        UNAUTHORIZED(false, OriginFailure.UNAUTHORIZED),
        /** The registry knows who asks and refuses. */
        FORBIDDEN(false, OriginFailure.FORBIDDEN),
        /** The registry was asked too often. */
        RATE_LIMITED(false, OriginFailure.RATE_LIMITED),
        /** A rule of Freshet's own forbids what the upstream wants, such as a redirect into a private network. */
        AGAINST_RULES(false, OriginFailure.AGAINST_RULES),
        /** The address cannot be resolved or connected, or the connection broke. */
        UNREACHABLE(true, OriginFailure.UNREACHABLE),
        /** No byte came in time, or too few. */
        STALLED(true, OriginFailure.STALLED),
        /** The registry or its storage answered with a server error. */
        SERVER_ERROR(true, OriginFailure.SERVER_ERROR),
        /** The storage refused the signed URL: it has expired, or never was valid. */
        SIGNED_URL_REFUSED(true, OriginFailure.BAD_ANSWER),
        /** The answer breaks HTTP or the registry protocol. */
        BAD_ANSWER(true, OriginFailure.BAD_ANSWER);

        private final boolean retryable;
        private final OriginFailure failure;

        Kind(boolean retryable, OriginFailure failure) {
            this.retryable = retryable;
            this.failure = failure;
        }

        /** The kind of a failed connection. */
        public static Kind of(IOException failure) {
            return failure instanceof InterruptedIOException ? STALLED : UNREACHABLE;
        }

        /** Whether asking again soon may help. */
        public boolean retryable() {
            return retryable;
        }
    }

    public UpstreamException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    public UpstreamException(Kind kind, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        this(kind, message, cause, retryAfter, Basis.ASKED);
    }

    private UpstreamException(Kind kind, String message, @Nullable Throwable cause, @Nullable Duration retryAfter,
            Basis basis) {
        super(kind.failure, message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
        this.basis = basis;
    }

    /** A failure that asking again does not mend, though others of its kind are mended by it. */
    public static UpstreamException last(Kind kind, String message, @Nullable Throwable cause) {
        return new UpstreamException(kind, message, cause, null, Basis.FINAL);
    }

    /** A connection that was not made, or broke: worth another try, unless it was refused for good. */
    public static UpstreamException broken(String message, IOException cause) {
        return new UpstreamException(Kind.of(cause), message, cause, null,
                Reasons.isForGood(cause) ? Basis.FINAL : Basis.ASKED);
    }

    /** What the registry has said a short while ago that it does not have, so that it was not asked again. */
    public static UpstreamException remembered(String message) {
        return new UpstreamException(Kind.NOT_FOUND, message, null, null, Basis.REMEMBERED);
    }

    /**
     * What a registry does not have by all that can be told, as it answers with something else: an inference from its answer,
     * not its word.
     */
    public static UpstreamException inferred(String message, @Nullable Throwable cause) {
        return new UpstreamException(Kind.NOT_FOUND, message, cause, null, Basis.INFERRED);
    }

    /**
     * What the registry has said before that it does not have.
     *
     * @param failure why it does not say so now
     */
    public static UpstreamException noted(String message, UpstreamException failure) {
        return new UpstreamException(Kind.NOT_FOUND, message, failure, null, Basis.NOTED);
    }

    /** What was not asked of a registry, or its token server, that has failed lately; it fails as the last request has. */
    public static UpstreamException heldBack(String failed, Rejected rejected) {
        return new UpstreamException(kind(rejected.last()),
                failed + "it was not asked, as it has failed again and again; last: " + rejected.last().words()
                        + "; try again in " + (rejected.pause().toSeconds() + 1) + " s",
                null, rejected.pause(), Basis.HELD_BACK);
    }

    /**
     * What was not asked of a registry, or its token server, that has asked to be left alone.
     *
     * @param who has said so
     * @param what is not asked for
     */
    public static UpstreamException heldOff(String failed, String who, String what, Rejected rejected) {
        return new UpstreamException(kind(rejected.last()),
                failed + who + " has " + rejected.last().words() + ", and " + what + " is held off; try again in "
                        + RetryAfter.inSeconds(rejected.pause()),
                null, rejected.pause(), Basis.HELD_BACK);
    }

    private static Kind kind(Failure last) {
        return switch (last.cause()) {
            case UNREACHABLE -> Kind.UNREACHABLE;
            case STALLED -> Kind.STALLED;
            case SERVER_ERROR, UNAVAILABLE -> Kind.SERVER_ERROR;
            case TOO_MANY_REQUESTS -> Kind.RATE_LIMITED;
        };
    }

    /**
     * What a registry says of Freshet's own account, regardless of what is asked for.
     *
     * @param left how long the credentials are not shown from now on
     * @param isOfNow whether they were shown for this request; otherwise for an earlier one
     */
    public static UpstreamException credentialsRefused(String message, Throwable refused, Duration left,
            boolean isOfNow) {
        return new UpstreamException(Kind.UNAUTHORIZED, message, refused, left,
                isOfNow ? Basis.CREDENTIALS_REFUSED : Basis.CREDENTIALS_HELD_BACK);
    }

    /** What an account has to show is not known. */
    public static UpstreamException withoutCredentials(String message, Throwable cause) {
        return new UpstreamException(Kind.UNAUTHORIZED, message, cause, null, Basis.CREDENTIALS_REFUSED);
    }

    /** The same for another one who waited for it. */
    public UpstreamException shared() {
        return new UpstreamException(kind, String.valueOf(getMessage()), this, retryAfter, basis);
    }

    /** An answer that is not what was asked for, found out after it was taken. */
    public static UpstreamException badAnswer(String message) {
        return new UpstreamException(Kind.BAD_ANSWER, message);
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the registry was not asked, as it has said so a short while ago. */
    public boolean isRemembered() {
        return basis == Basis.REMEMBERED;
    }

    /** Whether the registry has said so before, and cannot be asked now. */
    public boolean isNoted() {
        return basis == Basis.NOTED;
    }

    /** Whether the registry has answered with something else, from which this is inferred. */
    public boolean isInferred() {
        return basis == Basis.INFERRED;
    }

    /** Whether this is what the registry has just answered in so many words, not what is inferred or remembered. */
    public boolean isItsWord() {
        return basis == Basis.ASKED;
    }

    /** Whether the registry was not asked, as it has failed lately, or does not want to be; {@link #retryAfter} says how long it is not. */
    public boolean isHeldBack() {
        return basis == Basis.HELD_BACK || basis == Basis.CREDENTIALS_HELD_BACK;
    }

    /** Whether Freshet's own account is refused, so that nothing is said of what was. */
    public boolean isOfCredentials() {
        return basis == Basis.CREDENTIALS_REFUSED || basis == Basis.CREDENTIALS_HELD_BACK;
    }

    /** Whether asking again soon may help. */
    public boolean isRetryable() {
        return kind.retryable() && basis == Basis.ASKED;
    }

    /** How long the registry wants to be left alone; empty when it does not say. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
