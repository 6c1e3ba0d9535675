package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreException;
import java.time.Duration;

/** The end of a fill; each fill has exactly one. */
public sealed interface FillOutcome {

    /** Which of all ways it was. */
    default EndKind kind() {
        return switch (this) {
            case Complete complete -> EndKind.COMPLETE;
            case Passed passed -> EndKind.PASSED;
            case DigestMismatch mismatch -> EndKind.DIGEST_MISMATCH;
            case TooShort tooShort -> EndKind.TOO_SHORT;
            case TooLarge tooLarge -> EndKind.TOO_LARGE;
            case OriginFailed failed -> failed.cause().failure().end();
            case TookTooLong tookTooLong -> EndKind.TOOK_TOO_LONG;
            case Abandoned abandoned -> EndKind.ABANDONED;
            case Aborted aborted -> EndKind.ABORTED;
            case Broken broken -> EndKind.BROKEN;
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
            case OriginFailed failed -> String.valueOf(failed.cause().getMessage());
            case TookTooLong(Digest digest, Duration longest) ->
                "fetch of " + digest + " ended: it was not complete after " + longest.toSeconds()
                        + " s; what has come is kept, and the next request goes on with it; if that is too short, raise"
                        + " fetch.fill-timeout";
            case Abandoned(String why) -> "fetch ended: no client reads it any more, and " + why;
            case Aborted() -> "fetch ended: Freshet is stopping";
            case Broken(Throwable cause) -> "fetch failed by a defect in Freshet: " + cause;
        };
    }

    /** Whether the reason is the origin's alone: another may well have the blob. */
    default boolean isOfItsOrigin() {
        return switch (this) {
            case OriginFailed failed -> true;
            case TooShort tooShort -> true;
            case TooLarge tooLarge -> true;
            case DigestMismatch mismatch -> true;
            case TookTooLong tookTooLong -> true;
            case Complete complete -> false;
            case Passed passed -> false;
            case Abandoned abandoned -> false;
            case Broken broken -> false;
            case Aborted aborted -> false;
        };
    }

    /** The word for it in logs and metrics. */
    default String label() {
        return kind().label();
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
    record DigestMismatch(Digest expected, Digest actual) implements FillOutcome {}

    /**
     * The origin stated or sent fewer bytes than it, or a manifest, had announced; nothing is stored.
     *
     * @param digest what was asked for
     * @param announced bytes
     * @param actual bytes that came or were stated
     */
    record TooShort(Digest digest, long announced, long actual) implements FillOutcome {}

    /**
     * The origin stated or sent more bytes than it, or a manifest, had announced, or than any blob may have; nothing is
     * stored.
     *
     * @param digest what was asked for
     * @param most bytes that might have come
     * @param actual bytes that came or were stated, at least
     */
    record TooLarge(Digest digest, long most, long actual) implements FillOutcome {}

    /** The origin has not given it, for a reason of its own; what came before is kept for the next fill. */
    sealed interface OriginFailed extends FillOutcome {

        /** What it said. */
        OriginException cause();

        /** The end that such a failure is. */
        static OriginFailed by(OriginException cause) {
            return switch (cause.failure()) {
                case NOT_FOUND, UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, SERVER_ERROR, AGAINST_RULES, BAD_ANSWER ->
                    new Refused(cause);
                case UNREACHABLE -> new Unreachable(cause);
                case STALLED -> new Stalled(cause);
            };
        }
    }

    /**
     * The origin refused it, or what it answered had to be refused.
     *
     * @param cause says which of these, and why
     */
    record Refused(OriginException cause) implements OriginFailed {}

    /**
     * The origin could not be connected, or no connection held.
     *
     * @param cause how the last one failed
     */
    record Unreachable(OriginException cause) implements OriginFailed {}

    /**
     * The origin was connected, and no byte, or too few, came from it for as long as a fill waits, in all attempts.
     *
     * @param cause how far it had come
     */
    record Stalled(OriginException cause) implements OriginFailed {}

    /**
     * It went on for longer than a fill may; what has come is kept for the next one.
     *
     * @param digest what was fetched
     * @param longest how long it might have taken
     */
    record TookTooLong(Digest digest, Duration longest) implements FillOutcome {}

    /**
     * It was given up, as it has no reader any more and would be of no use, or not all of it is wanted, or it was fetched
     * ahead for clients that have not come.
     *
     * @param why what else there is to say
     */
    record Abandoned(String why) implements FillOutcome {}

    /** The process is stopping. */
    record Aborted() implements FillOutcome {}

    /**
     * The fill broke by a defect in Freshet.
     *
     * @param cause what was thrown
     */
    record Broken(Throwable cause) implements FillOutcome {}
}
