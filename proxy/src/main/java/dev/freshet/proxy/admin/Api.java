package dev.freshet.proxy.admin;

import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.Errors;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.http.UnreadBody;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON API of the admin port, {@code /api/v1/}: selects an endpoint and runs it on another thread. The API has no
 * authentication, but rejects requests that a browser sends for a page of another site.
 */
public final class Api implements HttpHandler {

    static final String PREFIX = "/api/v1";
    static final int MAX_BODY = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final HttpString ORIGIN = new HttpString("Origin");

    private final List<Endpoint> endpoints;
    private final Executor executor;

    /**
     * @param endpoints unique by method and path
     * @param executor runs endpoints, each on a thread that may block
     */
    public Api(List<Endpoint> endpoints, Executor executor) {
        this.endpoints = List.copyOf(endpoints);
        this.executor = executor;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        String path = exchange.getRelativePath().replaceFirst("^/", "");
        List<Endpoint> there = endpoints.stream().filter(endpoint -> endpoint.path().equals(path)).toList();
        String method = exchange.getRequestMethod().toString();
        Optional<Endpoint> meant = there.stream()
                .filter(endpoint -> endpoint.method().equals(method.equals("HEAD") ? "GET" : method)).findFirst();
        if (there.isEmpty()) {
            send(exchange, refusal(404, "unknown path of " + PREFIX + ": use one of "
                    + endpoints.stream().map(Endpoint::path).distinct().sorted().collect(Collectors.joining(", "))));
        } else if (meant.isEmpty()) {
            String allowed = there.stream().map(Endpoint::method)
                    .flatMap(known -> known.equals("GET") ? Stream.of(known, "HEAD") : Stream.of(known))
                    .collect(Collectors.joining(", "));
            exchange.getResponseHeaders().put(Headers.ALLOW, allowed);
            send(exchange, refusal(405, "method not allowed: use " + allowed));
        } else if (isOfAnotherSite(exchange)) {
            send(exchange, refusal(403, "request refused: it comes from a page of another site"));
        } else {
            withParameters(exchange, meant.get());
        }
    }

    private void withParameters(HttpServerExchange exchange, Endpoint endpoint) {
        Map<String, String> parameters = new HashMap<>();
        for (Map.Entry<String, Deque<String>> parameter : exchange.getQueryParameters().entrySet()) {
            if (parameter.getValue().size() > 1) {
                send(exchange, refusal(400, "request refused: a parameter occurs twice; use each once"));
                return;
            }
            parameters.put(parameter.getKey(), parameter.getValue().getFirst());
        }
        receive(exchange, endpoint, parameters);
    }

    private void receive(HttpServerExchange exchange, Endpoint endpoint, Map<String, String> parameters) {
        exchange.getRequestReceiver().setMaxBufferSize(MAX_BODY);
        exchange.getRequestReceiver().receiveFullBytes(
                (received, body) -> received.dispatch(executor,
                        () -> send(received,
                                answer(endpoint,
                                        new ApiRequest(parameters, new String(body, StandardCharsets.UTF_8))))),
                (failed, failure) -> {
                    send(failed, refusal(413, "request refused: its body is larger than " + MAX_BODY
                            + " bytes, or is incomplete"));
                });
    }

    private static ApiAnswer answer(Endpoint endpoint, ApiRequest request) {
        try {
            return endpoint.answer(request);
        } catch (RuntimeException e) {
            LOG.error("{} of {} failed by a defect", endpoint.method(), endpoint.path(), e);
            return ApiAnswer.of(Errors.internal());
        }
    }

    /** Whether a browser sends the request for a page of another site (RFC 6454, section 7). */
    private static boolean isOfAnotherSite(HttpServerExchange exchange) {
        @Nullable
        String origin = exchange.getRequestHeaders().getFirst(ORIGIN);
        return origin != null && !authority(origin).equals(Optional.ofNullable(
                exchange.getRequestHeaders().getFirst(Headers.HOST)));
    }

    private static Optional<String> authority(String origin) {
        try {
            return Optional.ofNullable(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static ApiAnswer refusal(int status, String message) {
        return ApiAnswer.of(new OciError(status, ErrorCode.UNSUPPORTED, message));
    }

    private static void send(HttpServerExchange exchange, ApiAnswer answer) {
        exchange.setStatusCode(answer.status());
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        answer.retryAfter()
                .ifPresent(pause -> exchange.getResponseHeaders().put(Headers.RETRY_AFTER, pause.toSeconds()));
        UnreadBody.discard(exchange, () -> exchange.getResponseSender().send(answer.json()));
    }

    /** An endpoint of the API: a method of a path. Several endpoints may share a path. Thread-safe. */
    public interface Endpoint {

        /** The method, such as {@code POST}. An endpoint for GET answers HEAD too. */
        String method();

        /** The path below {@code /api/v1/}, such as {@code prefetch}. */
        String path();

        /** Executes the request; may block. */
        ApiAnswer answer(ApiRequest request);
    }

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
            return new ApiAnswer(error.status(), new String(error.toJson(), StandardCharsets.UTF_8),
                    error.retryAfter());
        }
    }
}
