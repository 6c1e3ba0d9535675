package dev.freshet.testbed.e2e;

import dev.freshet.testbed.wire.Headers;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request of a client, and as much of its answer as a client goes by. Digests are {@linkplain SignedRepository#named
 * named}.
 *
 * @param method such as {@code GET}
 * @param target the path and query
 * @param fields every header field in the order of the wire
 * @param answer status, {@code Content-Type} and {@code Docker-Content-Digest}; of an error status and code
 */
record Exchange(String method, String target, Headers fields, String answer) {

    /** What a client goes by in an answer. */
    static String answer(int status, Headers fields, byte[] body) {
        String more = status < 400
                ? fields.first("Content-Type").orElse("") + " " + fields.first("Docker-Content-Digest").orElse("")
                : code(body);
        return (status + " " + more).strip();
    }

    /** The code of the first error (OCI distribution spec 1.1, "Error codes"); empty without one. */
    private static String code(byte[] body) {
        try {
            return JsonMapper.shared().readTree(body).path("errors").path(0).path("code").asString("");
        } catch (JacksonException e) {
            return "";
        }
    }

    @Override
    public String toString() {
        return method + " " + target + " " + fields.fields().stream().map(f -> f.name() + ": " + f.value()).toList()
                + " -> " + answer;
    }
}
