package dev.freshet.cache.fill;

import java.util.Locale;

/** The ways in which a fill ends, in the words of logs and metrics. {@link FillOutcome} holds the details of each. */
public enum EndKind {

    COMPLETE("verified and stored"),
    PASSED("verified, and not stored"),
    DIGEST_MISMATCH("the upstream sent something else"),
    TOO_SHORT("fewer bytes came or were stated than were announced"),
    TOO_LARGE("more bytes came or were stated than were announced, or than any blob may have"),
    REFUSED_NOT_FOUND("the registry does not have it"),
    REFUSED_UNAUTHORIZED("the registry wants credentials, or others"),
    REFUSED_FORBIDDEN("the registry refuses it with these credentials"),
    REFUSED_RATE_LIMITED("the registry was asked too often"),
    REFUSED_SERVER_ERROR("the registry or its storage has failed"),
    REFUSED_AGAINST_RULES("a rule of Freshet's own forbids it, such as a redirect into a private network"),
    REFUSED_BAD_ANSWER("what was answered makes no sense, or the storage refuses its signed URLs"),
    UNREACHABLE("no connection, or none that holds"),
    STALLED("nothing, or too little, has come for `fetch.stall-timeout`, or in as many tries as there are before the first"
            + " byte"),
    TOOK_TOO_LONG("it was not complete within `fetch.fill-timeout`"),
    ABANDONED(
            "no client reads it any more, and it is not stored, was not wanted whole, or was fetched ahead without a client coming for it"),
    ABORTED("Freshet was stopped"),
    BROKEN("a defect in Freshet");

    private final String words;

    EndKind(String words) {
        this.words = words;
    }

    /** The word for it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it means, for people; part of a sentence. */
    public String words() {
        return words;
    }
}
