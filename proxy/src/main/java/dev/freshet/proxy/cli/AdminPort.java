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

/** The admin port of a running Freshet. Safe for use by several threads. */
final class AdminPort implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Freshet answers well before, or says why not. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final String base;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT).build();

    /** @param url where it is, http or https */
    AdminPort(URI url) {
        this.base = url.toString().replaceFirst("/+$", "");
    }

    /**
     * Has something done.
     *
     * @param path below {@code /api/v1/}
     * @return what it says of it
     * @throws IOException if it did not do it
     */
    JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(base + "/api/v1/" + path)).timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build());
    }

    /**
     * Asks for something.
     *
     * @param path below {@code /api/v1/}
     * @param parameters of the query
     * @throws IOException if it does not say it
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
            throw new IOException("no answer at " + base + ": start Freshet, or name its admin port with --admin",
                    e);
        } catch (JacksonException e) {
            throw new IOException(base + " answers something else than JSON; is this the admin port of Freshet?", e);
        }
    }
}
