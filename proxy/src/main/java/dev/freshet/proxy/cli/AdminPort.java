package dev.freshet.proxy.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client for the admin port of a running Freshet. Thread-safe. */
final class AdminPort implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Freshet always answers earlier, if only with an error. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final String base;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT).build();

    /** @param url http or https URL of the port */
    AdminPort(URI url) {
        this.base = url.toString().replaceFirst("/+$", "");
    }

    /**
     * Sends a POST request.
     *
     * @param path below {@code /api/v1/}
     * @return the answer
     * @throws IOException if the answer is an error, or there is none
     */
    JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(base + "/api/v1/" + path)).timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build());
    }

    /**
     * Sends a GET request.
     *
     * @param path below {@code /api/v1/}
     * @param parameters of the query
     * @throws IOException if the answer is an error, or there is none
     */
    JsonNode get(String path, Map<String, String> parameters) throws IOException, InterruptedException {
        String query = parameters.entrySet().stream()
                .map(parameter -> parameter.getKey() + "="
                        + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(HttpRequest.newBuilder(URI.create(base + "/api/v1/" + path + (query.isEmpty() ? "" : "?" + query)))
                .timeout(TIMEOUT).GET().build());
    }

    @Override
    public void close() {
        client.close();
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        try {
            HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
            if (answer.statusCode() / 100 != 2) {
                throw new IOException(answer.statusCode() + " " + ErrorBody.reason(answer.body(), "admin port"));
            }
            return JSON.readTree(answer.body());
        } catch (ConnectException e) {
            throw new IOException(
                    "no server answers at " + base + ": start Freshet, or give its admin port with --admin",
                    e);
        } catch (JacksonException e) {
            throw new IOException(base + " did not answer with JSON; check that it is the admin port of Freshet", e);
        }
    }
}
