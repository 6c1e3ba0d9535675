package dev.freshet.testbed.wire;

/**
 * An answer: what is said, not how it is sent ({@link Manner}).
 *
 * @param status the status code
 * @param headers all fields but those of the framing, unless a test wants its own: a {@code Content-Length} in here is
 *            sent in place of the true one
 * @param content the body; of the answer to HEAD only the length counts
 */
public record Reply(int status, Headers headers, Content content) {

    /** An answer without a body. */
    public static Reply empty(int status, Headers headers) {
        return new Reply(status, headers, Content.of(new byte[0]));
    }

    /** An answer with a body of this type. */
    public static Reply of(int status, String type, String body) {
        return new Reply(status, Headers.of("Content-Type", type), Content.of(body));
    }

    /** An error in the form of the OCI distribution spec 1.1, "Error codes". */
    public static Reply error(int status, String code, String message) {
        return of(status, "application/json",
                "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + message + "\",\"detail\":null}]}");
    }

    /** The same answer with this field in place of the others of its name. */
    public Reply withHeader(String name, String value) {
        return new Reply(status, headers.with(name, value), content);
    }

    /** The same answer without this field. */
    public Reply withoutHeader(String name) {
        return new Reply(status, headers.without(name), content);
    }

    /** The same answer with another body. */
    public Reply withContent(Content other) {
        return new Reply(status, headers, other);
    }

    /** What of this complete answer the request's {@code Range} asks for: 206, 416, or all of it. */
    public Reply ranged(Request request) {
        return ByteRange.of(request).map(range -> range.of(this)).orElse(this);
    }
}
