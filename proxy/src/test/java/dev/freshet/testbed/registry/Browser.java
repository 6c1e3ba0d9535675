package dev.freshet.testbed.registry;

import dev.freshet.cache.name.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that follows nothing by itself; URLs without a host are of the registry. */
final class Browser implements AutoCloseable {

    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final FakeRegistry registry;

    Browser(FakeRegistry registry) {
        this.registry = registry;
    }

    HttpResponse<byte[]> get(String url, String... headers) throws IOException, InterruptedException {
        return client.send(request(url, headers).build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> head(String url) throws IOException, InterruptedException {
        return client.send(request(url).HEAD().build(), BodyHandlers.ofByteArray());
    }

    InputStream stream(String url) throws IOException, InterruptedException {
        return client.send(request(url).build(), BodyHandlers.ofInputStream()).body();
    }

    /** Where the registry redirects a GET of this blob of {@code library/thing} to. */
    String location(Digest digest) throws IOException, InterruptedException {
        return get("/v2/library/thing/blobs/" + digest).headers().firstValue("Location").orElseThrow();
    }

    int blobStatus(String repository, Digest digest, String authorization) throws IOException, InterruptedException {
        return get("/v2/" + repository + "/blobs/" + digest, "Authorization", authorization).statusCode();
    }

    String token(String scope, String... headers) throws IOException, InterruptedException {
        String body = new String(get("/token?service=testbed&scope=" + scope, headers).body(),
                StandardCharsets.UTF_8);
        Matcher matcher = TOKEN.matcher(body);
        if (!matcher.find()) {
            throw new AssertionError("no token in " + body);
        }
        return matcher.group(1);
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }

    private HttpRequest.Builder request(String url, String... headers) {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create(url.startsWith("/") ? registry.url() + url : url));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return request;
    }
}
