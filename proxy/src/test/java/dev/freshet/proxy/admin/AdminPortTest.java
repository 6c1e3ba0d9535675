package dev.freshet.proxy.admin;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.load.ConfigLoader;
import dev.freshet.config.load.ConfigLoader.ConfigSources;
import dev.freshet.proxy.Freshet;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Health and metrics of a whole proxy whose only upstream is not there: the fault case O-09. */
class AdminPortTest {

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path data = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private Freshet freshet;

    @BeforeEach
    void start() throws Exception {
        FreshetConfig config = ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(),
                List.of("listen=127.0.0.1:0", "admin.listen=127.0.0.1:0", "data=" + data, "default-upstream=lab",
                        "upstreams.lab.url=http://127.0.0.1:9"),
                data)).config();
        freshet = Freshet.start(config);
    }

    @AfterEach
    void stop() {
        freshet.close();
        http.close();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/livez", "/readyz"})
    void healthIsGoodThoughTheUpstreamIsDown(String path) throws Exception {
        HttpResponse<String> answer = call("GET", path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok\n");
    }

    @Test
    void readinessEndsWithDrainingAndLivenessDoesNot() throws Exception {
        freshet.drain(Duration.ofSeconds(30));

        assertThat(call("GET", "/readyz").statusCode()).isEqualTo(503);
        assertThat(call("GET", "/readyz").body()).contains("not ready");
        assertThat(call("GET", "/livez").statusCode()).isEqualTo(200);
        assertThat(call("GET", "/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsCountTheRequestsOfTheDataPort() throws Exception {
        http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + freshet.address().getPort() + "/v2/"))
                .build(), BodyHandlers.ofString());
        freshet.drain(Duration.ofSeconds(30));

        HttpResponse<String> answer = call("GET", "/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).contains("freshet_build_info{", "freshet_cache_objects{kind=\"all\"} 0.0",
                "freshet_fills_active 0.0",
                "jvm_memory_used_bytes", "freshet_requests_total{kind=\"ping\",outcome=\"none\",upstream=\"lab\"} 1.0");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/nothing", "/livez/x", "/metrics2", "/v2/"})
    void nothingElseIsThere(String path) throws Exception {
        assertThat(call("GET", path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"POST, /livez", "PUT, /metrics", "DELETE, /readyz", "POST, /nothing"})
    void whatIsNotReadingIsRefused(String method, String path) throws Exception {
        HttpResponse<String> answer = call(method, path);

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/livez", "/metrics"})
    void headHasNoBody(String path) throws Exception {
        HttpResponse<String> answer = call("HEAD", path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    private HttpResponse<String> call(String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + freshet.adminAddress().getPort() + path);
        return http.send(HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build(),
                BodyHandlers.ofString());
    }
}
