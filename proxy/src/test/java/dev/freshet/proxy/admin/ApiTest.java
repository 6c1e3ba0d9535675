package dev.freshet.proxy.admin;

import dev.freshet.cache.store.StoreSpace;
import dev.freshet.proxy.admin.Api.ApiAnswer;
import dev.freshet.proxy.admin.Api.ApiRequest;
import dev.freshet.proxy.admin.Api.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link Api}, with resources that echo or fail. */
class ApiTest {

    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @SuppressWarnings("NullAway.Init")
    private AdminServer server;

    /** Does with the body what it is told. */
    private record Echo(String method, String path, UnaryOperator<String> change) implements Endpoint {

        @Override
        public ApiAnswer answer(ApiRequest request) {
            return new ApiAnswer(200, change.apply(request.body() + request.parameter("p").orElse("")),
                    Optional.empty());
        }
    }

    @BeforeEach
    void start() throws Exception {
        Api api = new Api(List.of(new Echo("POST", "things", body -> "posted " + body),
                new Echo("GET", "things", body -> "got " + body), new Echo("POST", "broken", body -> {
                    throw new IllegalStateException("a defect");
                })), threads);
        server = AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional::empty, () -> Readiness.of(false, new StoreSpace(0, 0, true), "", List.of()), () -> "", api);
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
        threads.close();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"POST,things,200,posted x", "GET,things,200,got x", "HEAD,things,200,''",
            "POST,things?p=%2Fy%20+,200,'posted x/y  '"})
    void aResourceIsFoundByItsMethodAndItsPath(String method, String path, int status, String body) throws Exception {
        HttpResponse<String> answer = call(method, path, "x");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.body()).isEqualTo(body);
    }

    @Test
    void allMethodsOfAPathAreAllowed() throws Exception {
        HttpResponse<String> answer = call("DELETE", "things", "");

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("POST, GET, HEAD");
        assertThat(answer.body()).contains("method not allowed: use POST, GET, HEAD");
    }

    @Test
    void whatIsNotThereListsWhatIs() throws Exception {
        HttpResponse<String> answer = call("GET", "nothing", "");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("use one of broken, things");
    }

    @Test
    void aParameterThatIsThereTwiceIsRefused() throws Exception {
        HttpResponse<String> answer = call("GET", "things?p=1&p=2", "");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("request refused: a parameter occurs twice");
    }

    @Test
    void aDefectIsAnsweredAsOne() throws Exception {
        HttpResponse<String> answer = call("POST", "broken", "");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("failed by a defect in Freshet").doesNotContain("a defect\"");
    }

    private HttpResponse<String> call(String method, String path, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/api/v1/" + path);
        return http.send(HttpRequest.newBuilder(uri).method(method, BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
    }
}
