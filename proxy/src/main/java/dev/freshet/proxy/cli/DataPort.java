package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.proxy.route.ImageName;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.LongConsumer;

/** A client for the data port of a running Freshet. Thread-safe. */
final class DataPort implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Freshet answers well before, or says why not. */
    private static final Duration HEAD_TIMEOUT = Duration.ofMinutes(2);
    private static final int MOST_MANIFEST = 4 << 20;
    private static final int MOST_ERROR = 64 << 10;
    private static final int BUFFER = 256 << 10;
    private static final String ACCEPTED = "application/vnd.oci.image.index.v1+json,"
            + "application/vnd.docker.distribution.manifest.list.v2+json,application/vnd.oci.image.manifest.v1+json,"
            + "application/vnd.docker.distribution.manifest.v2+json";

    private final String base;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT).build();

    /** @param url where it is, http or https */
    DataPort(URI url) {
        this.base = url.toString().replaceFirst("/+$", "");
    }

    /** The manifest or index of this name. */
    byte[] manifest(ImageName image) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = send(
                request(image.path() + "/manifests/" + image.reference()).header("Accept", ACCEPTED).GET());
        try (InputStream body = good(answer)) {
            return body.readNBytes(MOST_MANIFEST);
        }
    }

    /** Whether all of the blob is stored there already. */
    boolean has(String path, Digest digest) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = send(request(path + "/blobs/" + digest).HEAD());
        answer.body().close();
        return answer.statusCode() == 200 && cacheStatus(answer).startsWith("freshet; hit");
    }

    /**
     * Reads a blob to its end.
     *
     * @param progress hears how many bytes more have come
     * @return whether Freshet stores it, or was storing it for another client
     * @throws IOException if it does not come whole
     */
    boolean read(String path, Digest digest, LongConsumer progress) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = send(request(path + "/blobs/" + digest).GET());
        try (InputStream body = good(answer)) {
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
        return HttpRequest.newBuilder(URI.create(base + "/v2/" + path)).timeout(HEAD_TIMEOUT);
    }

    private HttpResponse<InputStream> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (ConnectException e) {
            throw new IOException("no server answers at " + base + ": start Freshet, or give its data port with --url",
                    e);
        }
    }

    private static InputStream good(HttpResponse<InputStream> answer) throws IOException {
        if (answer.statusCode() == 200) {
            return answer.body();
        }
        try (InputStream body = answer.body()) {
            throw new IOException(
                    answer.statusCode() + " " + ErrorBody.reason(body.readNBytes(MOST_ERROR), "data port"));
        }
    }
}
