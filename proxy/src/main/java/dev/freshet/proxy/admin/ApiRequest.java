package dev.freshet.proxy.admin;

import java.util.Map;
import java.util.Optional;

/**
 * A request to an {@link Endpoint}.
 *
 * @param parameters of the query, each at most once
 * @param body empty if there is none
 */
record ApiRequest(Map<String, String> parameters, String body) {

    ApiRequest {
        parameters = Map.copyOf(parameters);
    }

    /** The value of a parameter; empty if the query does not have it. */
    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
