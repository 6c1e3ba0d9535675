package dev.freshet.proxy.cli;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The body of a failure (OCI distribution spec 1.1, "Error codes"). */
final class ErrorBody {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ErrorBody() {}

    /**
     * The code and message of an error.
     *
     * @param port name of the port that sent the body
     */
    static String reason(byte[] body, String port) {
        try {
            JsonNode error = JSON.readTree(body).path("errors").path(0);
            if (error.path("code").isString()) {
                return error.path("code").asString("") + ": " + error.path("message").asString("");
            }
        } catch (JacksonException e) {
            return unknown(port);
        }
        return unknown(port);
    }

    private static String unknown(String port) {
        return "without a reason; check that it is the " + port + " of Freshet";
    }
}
