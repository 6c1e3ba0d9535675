package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.proxy.route.ImageName;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client for one port of a running Freshet. Thread-safe. */
final class PortClient implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Freshet always answers earlier, if only with an error. */
    private static final Duration HEAD_TIMEOUT = Duration.ofMinutes(2);
    private static final int MOST_MANIFEST = 4 << 20;
    private static final int MOST_ERROR = 64 << 10;
    private static final int BUFFER = 256 << 10;
    private static final String ACCEPTED = "application/vnd.oci.image.index.v1+json,"
            + "application/vnd.docker.distribution.manifest.list.v2+json,application/vnd.oci.image.manifest.v1+json,"
            + "application/vnd.docker.distribution.manifest.v2+json";

    private final Port port;
    private final String base;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT).build();

    /** @param url http or https URL of the port */
    PortClient(Port port, URI url) {
        this.port = port;
        this.base = url.toString().replaceFirst("/+$", "");
    }

    /** A port of Freshet, and the option of a command that gives its URL. */
    enum Port {

        ADMIN("admin port", "--admin"),
        DATA("data port", "--url");

        private final String label;
        private final String option;

        Port(String label, String option) {
            this.label = label;
            this.option = option;
        }
    }

    /**
     * Sends a POST request to the admin port.
     *
     * @param path below {@code /api/v1/}
     * @throws IOException if the answer is an error, or there is none
     */
    JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        return json(request("/api/v1/" + path).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
    }

    /**
     * Sends a GET request to the admin port.
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
        return json(request("/api/v1/" + path + (query.isEmpty() ? "" : "?" + query)).GET());
    }

    /** The manifest or index of an image, from the data port. */
    byte[] manifest(ImageName image) throws IOException, InterruptedException {
        try (InputStream body = body(send(request("/v2/" + image.path() + "/manifests/" + image.reference())
                .header("Accept", ACCEPTED).GET()))) {
            return body.readNBytes(MOST_MANIFEST);
        }
    }

    /** Whether Freshet has stored all of a blob already, as the data port says. */
    boolean has(String path, Digest digest) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = send(request("/v2/" + path + "/blobs/" + digest).HEAD());
        answer.body().close();
        return answer.statusCode() == 200 && cacheStatus(answer).startsWith("freshet; hit");
    }

    /**
     * Reads a blob from the data port to its end.
     *
     * @param progress receives the number of bytes of each read
     * @return whether Freshet stores it, or was storing it for another client
     * @throws IOException if it does not come whole
     */
    boolean read(String path, Digest digest, LongConsumer progress) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = send(request("/v2/" + path + "/blobs/" + digest).GET());
        try (InputStream body = body(answer)) {
            byte[] buffer = new byte[BUFFER];
            for (int count; (count = body.read(buffer)) >= 0;) {
                progress.accept(count);
            }
        }
        return !cacheStatus(answer).equals("freshet; fwd=uri-miss");
    }

    @Override
    public void close() {
        client.close();
    }

    private static String cacheStatus(HttpResponse<?> answer) {
        return answer.headers().firstValue("Cache-Status").orElse("");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(HEAD_TIMEOUT);
    }

    private JsonNode json(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (InputStream body = body(send(request))) {
            return JSON.readTree(body.readAllBytes());
        } catch (JacksonException e) {
            throw new IOException(base + " did not answer with JSON; check that it is the admin port of Freshet", e);
        }
    }

    private HttpResponse<InputStream> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (ConnectException e) {
            throw new IOException("no server answers at " + base + ": start Freshet, or give its " + port.label
                    + " with " + port.option, e);
        }
    }

    private InputStream body(HttpResponse<InputStream> answer) throws IOException {
        if (answer.statusCode() == 200 || (port == Port.ADMIN && answer.statusCode() / 100 == 2)) {
            return answer.body();
        }
        try (InputStream body = answer.body()) {
            throw new IOException(answer.statusCode() + " " + reason(body.readNBytes(MOST_ERROR)));
        }
    }

    /** The code and message of an error (OCI distribution spec 1.1, "Error codes"). */
    private String reason(byte[] body) {
        String unknown = "without a reason; check that it is the " + port.label + " of Freshet";
        try {
            JsonNode error = JSON.readTree(body).path("errors").path(0);
            return error.path("code").isString()
                    ? error.path("code").asString("") + ": " + error.path("message").asString("")
                    : unknown;
        } catch (JacksonException e) {
            return unknown;
        }
    }
}
