package dev.freshet.proxy.upstream.guard;

/** How a registry says that it is asked too often, or too early. */
public enum Refusal {

    /** It was asked too often (RFC 6585, section 4). */
    TOO_MANY_REQUESTS(429),
    /** It has said for how long it cannot answer (RFC 9110, section 15.6.4). */
    UNAVAILABLE(503);

    private final int status;

    Refusal(int status) {
        this.status = status;
    }

    /** The answer's status. */
    public int status() {
        return status;
    }
}
