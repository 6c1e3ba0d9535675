package dev.freshet.cache.fill;

/**
 * The reason why something failed: one closed list for fills, requests to origins, errors that clients get, logs and metrics.
 * A test generates {@code docs/failures.md} from it.
 */
public enum FailureReason {

    DIGEST_MISMATCH("digest-mismatch", "the upstream sent something else", Fault.ORIGIN, Retry.NONE, 502, "UNKNOWN"),
    TOO_SHORT("too-short", "fewer bytes came or were stated than were announced", Fault.ORIGIN, Retry.NONE, 502,
            "UNKNOWN"),
    TOO_LARGE("too-large", "more bytes came or were stated than were announced, or than any blob may have",
            Fault.ORIGIN, Retry.NONE, 502, "UNKNOWN"),
    NOT_FOUND("refused-not-found", "the registry does not have it", Fault.ORIGIN, Retry.NONE, 404, "BLOB_UNKNOWN"),
    UNAUTHORIZED("refused-unauthorized", "the registry wants credentials, or others", Fault.ORIGIN, Retry.NONE, 403,
            "DENIED"),
    FORBIDDEN("refused-forbidden", "the registry refuses it with these credentials", Fault.ORIGIN, Retry.NONE, 403,
            "DENIED"),
    RATE_LIMITED("refused-rate-limited", "the registry was asked too often", Fault.ORIGIN, Retry.CLIENT, 429,
            "TOOMANYREQUESTS"),
    SERVER_ERROR("refused-server-error", "the registry or its storage has failed", Fault.ORIGIN, Retry.BOTH, 503,
            "UNAVAILABLE"),
    AGAINST_RULES("refused-against-rules",
            "a rule of Freshet's own forbids it, such as a redirect into a private network", Fault.ORIGIN, Retry.NONE,
            502, "UNKNOWN"),
    BAD_ANSWER("refused-bad-answer", "what was answered makes no sense", Fault.ORIGIN, Retry.FRESHET, 502, "UNKNOWN"),
    SIGNED_URL_REFUSED("refused-bad-answer", "the storage refuses its signed URLs", Fault.ORIGIN, Retry.FRESHET, 502,
            "UNKNOWN"),
    UNREACHABLE("unreachable", "no connection, or none that holds", Fault.ORIGIN, Retry.BOTH, 502, "UNAVAILABLE"),
    STALLED("stalled",
            "nothing, or too little, has come for `fetch.stall-timeout`, or in as many tries as there are before the"
                    + " first byte",
            Fault.ORIGIN, Retry.BOTH, 504, "UNAVAILABLE"),
    TOOK_TOO_LONG("took-too-long", "it was not complete within `fetch.fill-timeout`", Fault.ORIGIN, Retry.CLIENT, 504,
            "UNAVAILABLE"),
    ABANDONED("abandoned",
            "no client reads it any more, and it is not stored, was not wanted whole, or was fetched ahead without a"
                    + " client coming for it",
            Fault.CLIENT, Retry.CLIENT, 503, "UNAVAILABLE"),
    ABORTED("aborted", "Freshet was stopped", Fault.FRESHET, Retry.NONE, 503, "UNAVAILABLE"),
    BROKEN("broken", "a defect in Freshet", Fault.FRESHET, Retry.NONE, 500, "UNKNOWN");

    private final String label;
    private final String words;
    private final Fault fault;
    private final Retry retry;
    private final int status;
    private final String code;

    /** The side on which something failed. */
    public enum Fault {

        /** The registry, its storage or its token server; another origin may have the content. */
        ORIGIN,
        CLIENT,
        FRESHET
    }

    /** The side for which a retry may help. */
    private enum Retry {
        NONE,
        FRESHET,
        CLIENT,
        BOTH
    }

    FailureReason(String label, String words, Fault fault, Retry retry, int status, String code) {
        this.label = label;
        this.words = words;
        this.fault = fault;
        this.retry = retry;
        this.status = status;
        this.code = code;
    }

    /** The word for it in metrics and logs. */
    public String label() {
        return label;
    }

    /** The meaning for people; part of a sentence. */
    public String words() {
        return words;
    }

    public Fault fault() {
        return fault;
    }

    /** Whether it may help that Freshet asks again soon. */
    public boolean retryable() {
        return retry == Retry.FRESHET || retry == Retry.BOTH;
    }

    /** Whether it may help that the client asks again, so that the error has a {@code Retry-After}. */
    public boolean clientRetryable() {
        return retry == Retry.CLIENT || retry == Retry.BOTH;
    }

    /** The HTTP status of the error that a client gets. */
    public int status() {
        return status;
    }

    /** The code of the error that a client gets (OCI distribution spec 1.1, "Error Codes"), for a blob. */
    public String code() {
        return code;
    }

    /** Whether the registry answered that it does not give this content to the account. */
    public boolean isDenial() {
        return this == NOT_FOUND || this == UNAUTHORIZED || this == FORBIDDEN;
    }
}
