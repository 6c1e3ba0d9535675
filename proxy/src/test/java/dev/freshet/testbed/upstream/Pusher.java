package dev.freshet.testbed.upstream;

import dev.freshet.testbed.image.Blob;
import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.image.Manifest;
import dev.freshet.testbed.wire.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.Stream;

/** Pushes images (OCI distribution spec 1.1, "Pushing a blob monolithically", "Pushing Manifests"). */
final class Pusher implements AutoCloseable {

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI registry;

    Pusher(String authority) {
        registry = URI.create("http://" + authority);
    }

    void push(Image image) throws IOException {
        String repository = "/v2/" + image.repository();
        for (Blob blob : Stream.concat(image.layers().stream(), image.configs().stream()).toList()) {
            push(repository, blob);
        }
        for (Manifest manifest : image.manifests()) {
            put(repository + "/manifests/" + manifest.digest(), manifest);
        }
        put(repository + "/manifests/" + image.tag(), image.top());
    }

    @Override
    public void close() {
        client.close();
    }

    private void push(String repository, Blob blob) throws IOException {
        URI head = registry.resolve(repository + "/blobs/" + blob.digest());
        if (send(HttpRequest.newBuilder(head).HEAD()).statusCode() == 200) {
            return;
        }
        URI uploads = registry.resolve(repository + "/blobs/uploads/");
        String location = expect(202, HttpRequest.newBuilder(uploads).POST(BodyPublishers.noBody())).headers()
                .firstValue("Location").orElseThrow();
        URI upload = registry.resolve(location);
        String query = (upload.getRawQuery() == null ? "?" : "?" + upload.getRawQuery() + "&") + "digest="
                + blob.digest();
        BodyPublisher body = BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> open(blob.content())),
                blob.content().length());
        expect(201, HttpRequest.newBuilder(upload.resolve(upload.getRawPath() + query))
                .header("Content-Type", "application/octet-stream").PUT(body));
    }

    private void put(String path, Manifest manifest) throws IOException {
        expect(201, HttpRequest.newBuilder(registry.resolve(path)).header("Content-Type", manifest.mediaType())
                .PUT(BodyPublishers.ofByteArray(manifest.bytes())));
    }

    private HttpResponse<String> expect(int status, HttpRequest.Builder request) throws IOException {
        HttpResponse<String> response = send(request);
        if (response.statusCode() != status) {
            throw new IOException(response + " instead of " + status + ": " + response.body());
        }
        return response;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while pushing", e);
        }
    }

    private static InputStream open(Content content) {
        try {
            return content.open(0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what is to be pushed", e);
        }
    }
}
