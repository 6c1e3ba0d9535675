package dev.freshet.proxy.admin;

import java.util.Map;
import java.util.Optional;

/**
 * What is asked of a {@link Endpoint}.
 *
 * @param parameters of the query, each of which is there once
 * @param body perhaps empty
 */
record ApiRequest(Map<String, String> parameters, String body) {

    ApiRequest {
        parameters = Map.copyOf(parameters);
    }

    /** The value of a parameter; empty when it is not there. */
    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
