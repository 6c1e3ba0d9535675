package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreException;
import java.time.Duration;

/** The end of a fill; each fill has exactly one. */
public sealed interface FillOutcome {

    /** The word for it in logs and metrics. */
    default String label() {
        return switch (this) {
            case Complete complete -> "complete";
            case Passed passed -> "passed";
            case Failed failed -> failed.reason().label();
        };
    }

    /** What happened, for the log and for clients. */
    default String message() {
        return switch (this) {
            case Complete(long length) -> "complete, " + length + " bytes";
            case Passed(long length, StoreException refusal) ->
                "complete, " + length + " bytes, and not stored: " + refusal.getMessage();
            case DigestMismatch(Digest expected, Digest actual) ->
                "fetch of " + expected + " failed: the upstream sent " + actual + " instead; nothing was stored";
            case TooShort(Digest digest, long announced, long actual) ->
                "fetch of " + digest + " failed: " + announced + " bytes were announced, and only " + actual
                        + " came or were stated; nothing was stored";
            case TooLarge(Digest digest, long most, long actual) ->
                "fetch of " + digest + " failed: " + most + " bytes were announced or are the most that is taken, and "
                        + actual + " came or were stated; nothing was stored";
            case OriginFailed(OriginException cause) -> String.valueOf(cause.getMessage());
            case TookTooLong(Digest digest, Duration longest) ->
                "fetch of " + digest + " ended: it was not complete after " + longest.toSeconds()
                        + " s; what has come is kept, and the next request goes on with it; if that is too short, raise"
                        + " fetch.fill-timeout";
            case Abandoned(String why) -> "fetch ended: no client reads it any more, and " + why;
            case Aborted() -> "fetch ended: Freshet is stopping";
            case Broken(Throwable cause) -> "fetch failed by a defect in Freshet: " + cause;
        };
    }

    /** Whether the reason is the origin's alone, so that another origin may have the blob. */
    default boolean isOfItsOrigin() {
        return this instanceof Failed failed && failed.reason().fault() == FailureReason.Fault.ORIGIN;
    }

    /** An end without the verified blob. */
    sealed interface Failed extends FillOutcome {

        /** Why there is no blob. */
        default FailureReason reason() {
            return switch (this) {
                case DigestMismatch mismatch -> FailureReason.DIGEST_MISMATCH;
                case TooShort tooShort -> FailureReason.TOO_SHORT;
                case TooLarge tooLarge -> FailureReason.TOO_LARGE;
                case OriginFailed(OriginException cause) -> cause.reason();
                case TookTooLong tookTooLong -> FailureReason.TOOK_TOO_LONG;
                case Abandoned abandoned -> FailureReason.ABANDONED;
                case Aborted aborted -> FailureReason.ABORTED;
                case Broken broken -> FailureReason.BROKEN;
            };
        }
    }

    /**
     * The digest was right and the blob is committed.
     *
     * @param length bytes
     */
    record Complete(long length) implements FillOutcome {}

    /**
     * The digest was right and readers have everything, but the blob is not stored.
     *
     * @param length bytes
     * @param refusal what the store said
     */
    record Passed(long length, StoreException refusal) implements FillOutcome {}

    /**
     * The origin sent something else under this digest; nothing is stored.
     *
     * @param expected what was asked for
     * @param actual what came
     */
    record DigestMismatch(Digest expected, Digest actual) implements Failed {}

    /**
     * The origin stated or sent fewer bytes than it, or a manifest, had announced; nothing is stored.
     *
     * @param digest what was asked for
     * @param announced bytes
     * @param actual bytes that came or were stated
     */
    record TooShort(Digest digest, long announced, long actual) implements Failed {}

    /**
     * The origin stated or sent more bytes than it, or a manifest, had announced, or than any blob may have; nothing is
     * stored.
     *
     * @param digest what was asked for
     * @param most bytes that might have come
     * @param actual bytes that came or were stated, at least
     */
    record TooLarge(Digest digest, long most, long actual) implements Failed {}

    /**
     * The origin did not give it; what came before is kept for the next fill.
     *
     * @param cause the last failure
     */
    record OriginFailed(OriginException cause) implements Failed {}

    /**
     * It went on for longer than a fill may; what has come is kept for the next one.
     *
     * @param digest what was fetched
     * @param longest how long it might have taken
     */
    record TookTooLong(Digest digest, Duration longest) implements Failed {}

    /**
     * It was given up, as it has no reader any more and would be of no use, or not all of it is wanted, or it was fetched
     * ahead for clients that have not come.
     *
     * @param why what else there is to say
     */
    record Abandoned(String why) implements Failed {}

    /** The process is stopping. */
    record Aborted() implements Failed {}

    /**
     * The fill broke by a defect in Freshet.
     *
     * @param cause what was thrown
     */
    record Broken(Throwable cause) implements Failed {}
}
