package dev.freshet.proxy.admin;

import dev.freshet.proxy.error.OciError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the API answers. Failures look as those of the data port do.
 *
 * @param status HTTP status
 * @param json the body
 * @param retryAfter when to come again; empty when there is no telling
 */
public record ApiAnswer(int status, String json, Optional<Duration> retryAfter) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A good one. */
    static ApiAnswer of(int status, JsonNode body) {
        return new ApiAnswer(status, JSON.writeValueAsString(body), Optional.empty());
    }

    /** A failure. */
    static ApiAnswer of(OciError error) {
        return new ApiAnswer(error.status(), new String(error.toJson(), StandardCharsets.UTF_8), error.retryAfter());
    }
}
