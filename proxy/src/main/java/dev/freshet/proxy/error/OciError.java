package dev.freshet.proxy.error;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A failure as a client sees it.
 *
 * @param status HTTP status
 * @param code for programs
 * @param message for people: what was attempted, why it failed, what to do
 * @param detail what belongs to it, for programs, in this order; may be empty
 * @param retryAfter when to come again; empty when there is no telling
 */
public record OciError(int status, ErrorCode code, String message, Map<String, String> detail,
        Optional<Duration> retryAfter) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public OciError {
        detail = Collections.unmodifiableMap(new LinkedHashMap<>(detail));
    }

    public OciError(int status, ErrorCode code, String message) {
        this(status, code, message, Map.of(), Optional.empty());
    }

    /** The body: {@code {"errors":[{"code","message","detail"}]}}. */
    public byte[] toJson() {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode error = root.putArray("errors").addObject();
        error.put("code", code.name());
        error.put("message", message);
        ObjectNode details = error.putObject("detail");
        detail.forEach(details::put);
        return JSON.writeValueAsBytes(root);
    }
}
