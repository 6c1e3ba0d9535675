package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.StoreException;
import java.time.Duration;

/** The end of a fill; each fill has exactly one. */
public sealed interface FillOutcome {

    /** The word for it in logs and metrics. */
    String label();

    /** What happened, for the log and for clients. */
    String message();

    /** Whether the reason is the origin's alone, so that another origin may have the blob. */
    default boolean isOfItsOrigin() {
        return this instanceof Failed failed && failed.reason().fault() == FailureReason.Fault.ORIGIN;
    }

    /** An end without the verified blob. */
    sealed interface Failed extends FillOutcome {

        FailureReason reason();

        @Override
        default String label() {
            return reason().label();
        }
    }

    /**
     * The digest was right and the blob is committed.
     *
     * @param length bytes
     */
    record Complete(long length) implements FillOutcome {

        @Override
        public String label() {
            return "complete";
        }

        @Override
        public String message() {
            return "complete, " + length + " bytes";
        }
    }

    /**
     * The digest was right and readers have everything, but the blob is not stored.
     *
     * @param length bytes
     * @param refusal what the store said
     */
    record Passed(long length, StoreException refusal) implements FillOutcome {

        @Override
        public String label() {
            return "passed";
        }

        @Override
        public String message() {
            return "complete, " + length + " bytes, and not stored: " + refusal.getMessage();
        }
    }

    /**
     * The origin sent something else under this digest; nothing is stored.
     *
     * @param expected what was asked for
     * @param actual what came
     */
    record DigestMismatch(Digest expected, Digest actual) implements Failed {

        @Override
        public FailureReason reason() {
            return FailureReason.DIGEST_MISMATCH;
        }

        @Override
        public String message() {
            return "fetch of " + expected + " failed: the upstream sent " + actual + " instead; nothing was stored";
        }
    }

    /**
     * The origin stated or sent fewer bytes than it, or a manifest, had announced; nothing is stored.
     *
     * @param digest what was asked for
     * @param announced bytes
     * @param actual bytes that came or were stated
     */
    record TooShort(Digest digest, long announced, long actual) implements Failed {

        @Override
        public FailureReason reason() {
            return FailureReason.TOO_SHORT;
        }

        @Override
        public String message() {
            return "fetch of " + digest + " failed: " + announced + " bytes were announced, and only " + actual
                    + " came or were stated; nothing was stored";
        }
    }

    /**
     * The origin stated or sent more bytes than it, or a manifest, had announced, or than any blob may have; nothing is
     * stored.
     *
     * @param digest what was asked for
     * @param most bytes that might have come
     * @param actual bytes that came or were stated, at least
     */
    record TooLarge(Digest digest, long most, long actual) implements Failed {

        @Override
        public FailureReason reason() {
            return FailureReason.TOO_LARGE;
        }

        @Override
        public String message() {
            return "fetch of " + digest + " failed: " + most
                    + " bytes were announced or are the most that is taken, and "
                    + actual + " came or were stated; nothing was stored";
        }
    }

    /**
     * The origin did not give it; what came before is kept for the next fill.
     *
     * @param cause the last failure
     */
    record OriginFailed(OriginException cause) implements Failed {

        @Override
        public FailureReason reason() {
            return cause.reason();
        }

        @Override
        public String message() {
            return String.valueOf(cause.getMessage());
        }
    }

    /**
     * It went on for longer than a fill may; what has come is kept for the next one.
     *
     * @param digest what was fetched
     * @param longest how long it might have taken
     */
    record TookTooLong(Digest digest, Duration longest) implements Failed {

        @Override
        public FailureReason reason() {
            return FailureReason.TOOK_TOO_LONG;
        }

        @Override
        public String message() {
            return "fetch of " + digest + " ended: it was not complete after " + longest.toSeconds()
                    + " s; what has come is kept, and the next request goes on with it; if that is too short, raise"
                    + " fetch.fill-timeout";
        }
    }

    /**
     * It was given up, as it has no reader any more and would be of no use, or not all of it is wanted, or it was fetched
     * ahead for clients that have not come.
     *
     * @param why what else there is to say
     */
    record Abandoned(String why) implements Failed {

        @Override
        public FailureReason reason() {
            return FailureReason.ABANDONED;
        }

        @Override
        public String message() {
            return "fetch ended: no client reads it any more, and " + why;
        }
    }

    /** The process is stopping. */
    record Aborted() implements Failed {

        @Override
        public FailureReason reason() {
            return FailureReason.ABORTED;
        }

        @Override
        public String message() {
            return "fetch ended: Freshet is stopping";
        }
    }

    /**
     * The fill broke by a defect in Freshet.
     *
     * @param cause what was thrown
     */
    record Broken(Throwable cause) implements Failed {

        @Override
        public FailureReason reason() {
            return FailureReason.BROKEN;
        }

        @Override
        public String message() {
            return "fetch failed by a defect in Freshet: " + cause;
        }
    }
}
