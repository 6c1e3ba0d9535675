package dev.freshet.proxy.upstream;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Rejected;
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

    public UpstreamException(FailureReason reason, String message) {
        this(reason, message, null, null);
    }

    public UpstreamException(FailureReason reason, String message, @Nullable Throwable cause,
            @Nullable Duration retryAfter) {
        this(reason, message, cause, retryAfter, Basis.ASKED);
    }

    private UpstreamException(FailureReason reason, String message, @Nullable Throwable cause,
            @Nullable Duration retryAfter,
            Basis basis) {
        super(reason, message, cause);
        this.retryAfter = retryAfter;
        this.basis = basis;
    }

    /** A failure that asking again does not mend, though others of its kind are mended by it. */
    public static UpstreamException last(FailureReason reason, String message, @Nullable Throwable cause) {
        return new UpstreamException(reason, message, cause, null, Basis.FINAL);
    }

    /** A connection that was not made, or broke: worth another try, unless it was refused for good. */
    public static UpstreamException broken(String message, IOException cause) {
        return new UpstreamException(reasonOf(cause), message, cause, null,
                Reasons.isForGood(cause) ? Basis.FINAL : Basis.ASKED);
    }

    /** What the registry has said a short while ago that it does not have, so that it was not asked again. */
    public static UpstreamException remembered(String message) {
        return new UpstreamException(FailureReason.NOT_FOUND, message, null, null, Basis.REMEMBERED);
    }

    /**
     * What a registry does not have by all that can be told, as it answers with something else: an inference from its answer,
     * not its word.
     */
    public static UpstreamException inferred(String message, @Nullable Throwable cause) {
        return new UpstreamException(FailureReason.NOT_FOUND, message, cause, null, Basis.INFERRED);
    }

    /**
     * What the registry has said before that it does not have.
     *
     * @param failure why it does not say so now
     */
    public static UpstreamException noted(String message, UpstreamException failure) {
        return new UpstreamException(FailureReason.NOT_FOUND, message, failure, null, Basis.NOTED);
    }

    /** What was not asked of a registry, or its token server, that has failed lately; it fails as the last request has. */
    public static UpstreamException heldBack(String failed, Rejected rejected) {
        return new UpstreamException(rejected.last().reason(),
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
        return new UpstreamException(rejected.last().reason(),
                failed + who + " has " + rejected.last().words() + ", and " + what + " is held off; try again in "
                        + RetryAfter.inSeconds(rejected.pause()),
                null, rejected.pause(), Basis.HELD_BACK);
    }

    /** The reason of a failed connection. */
    public static FailureReason reasonOf(IOException failure) {
        return failure instanceof InterruptedIOException ? FailureReason.STALLED : FailureReason.UNREACHABLE;
    }

    /**
     * What a registry says of Freshet's own account, regardless of what is asked for.
     *
     * @param left how long the credentials are not shown from now on
     * @param isOfNow whether they were shown for this request; otherwise for an earlier one
     */
    public static UpstreamException credentialsRefused(String message, Throwable refused, Duration left,
            boolean isOfNow) {
        return new UpstreamException(FailureReason.UNAUTHORIZED, message, refused, left,
                isOfNow ? Basis.CREDENTIALS_REFUSED : Basis.CREDENTIALS_HELD_BACK);
    }

    /** What an account has to show is not known. */
    public static UpstreamException withoutCredentials(String message, Throwable cause) {
        return new UpstreamException(FailureReason.UNAUTHORIZED, message, cause, null, Basis.CREDENTIALS_REFUSED);
    }

    /** The same for another one who waited for it. */
    public UpstreamException shared() {
        return new UpstreamException(reason(), String.valueOf(getMessage()), this, retryAfter, basis);
    }

    /** An answer that is not what was asked for, found out after it was taken. */
    public static UpstreamException badAnswer(String message) {
        return new UpstreamException(FailureReason.BAD_ANSWER, message);
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
        return reason().retryable() && basis == Basis.ASKED;
    }

    /** How long the registry wants to be left alone; empty when it does not say. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
