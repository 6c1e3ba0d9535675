package dev.freshet.cache.fill;

/** The reason why an origin did not give a blob, independent of its protocol. */
public enum OriginFailure {

    /** It does not have it. */
    NOT_FOUND(EndKind.REFUSED_NOT_FOUND),
    /** It wants credentials, or others. */
    UNAUTHORIZED(EndKind.REFUSED_UNAUTHORIZED),
    /** It knows who asks and refuses. */
    FORBIDDEN(EndKind.REFUSED_FORBIDDEN),
    /** It was asked too often. */
    RATE_LIMITED(EndKind.REFUSED_RATE_LIMITED),
    /** It has failed itself, and said so. */
    SERVER_ERROR(EndKind.REFUSED_SERVER_ERROR),
    /** A rule of our own forbids what it wants. */
    AGAINST_RULES(EndKind.REFUSED_AGAINST_RULES),
    /** What it answered makes no sense. */
    BAD_ANSWER(EndKind.REFUSED_BAD_ANSWER),
    /** It cannot be found or connected, or its connections break. */
    UNREACHABLE(EndKind.UNREACHABLE),
    /** It is connected, and nothing has come from it in time, or too little. */
    STALLED(EndKind.STALLED);

    private final EndKind end;

    OriginFailure(EndKind end) {
        this.end = end;
    }

    /** How a fill ends by it. */
    EndKind end() {
        return end;
    }
}
