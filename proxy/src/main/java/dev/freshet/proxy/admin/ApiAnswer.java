package dev.freshet.proxy.admin;

import dev.freshet.proxy.error.OciError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer of the API. Errors have the same format as on the data port.
 *
 * @param status HTTP status
 * @param json the body
 * @param retryAfter when the client may retry; empty if unknown
 */
public record ApiAnswer(int status, String json, Optional<Duration> retryAfter) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A successful answer. */
    static ApiAnswer of(int status, JsonNode body) {
        return new ApiAnswer(status, JSON.writeValueAsString(body), Optional.empty());
    }

    /** An error. */
    static ApiAnswer of(OciError error) {
        return new ApiAnswer(error.status(), new String(error.toJson(), StandardCharsets.UTF_8), error.retryAfter());
    }
}
