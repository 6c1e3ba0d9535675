package dev.freshet.proxy.admin;

import dev.freshet.cache.store.StoreSpace;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a load balancer and an operator see of a store that takes nothing more. */
class ReadinessTest {

    private static final StoreSpace WELL = new StoreSpace(10, 100, true);
    private static final StoreSpace FULL = new StoreSpace(10, 100, false);

    private final HttpClient http = HttpClient.newHttpClient();
    private volatile StoreSpace space = WELL;
    private volatile boolean stopping;

    @SuppressWarnings("NullAway.Init")
    private AdminServer server;

    @BeforeEach
    void start() throws Exception {
        server = AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional::empty, () -> Readiness.of(stopping, space, "the disk is full", List.of()), () -> "",
                new Api(List.of(), Runnable::run));
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    @Test
    @DisplayName("S-08: readiness shows that nothing more is stored, and that it is again")
    void readinessShowsTheStore() throws Exception {
        HttpResponse<String> before = get("/readyz");
        space = FULL;
        HttpResponse<String> during = get("/readyz");
        space = WELL;
        HttpResponse<String> after = get("/readyz");

        assertThat(before.body()).isEqualTo("ok\n");
        assertThat(during.body()).isEqualTo("degraded\nstore: not writable: the disk is full\n");
        assertThat(after.body()).isEqualTo("ok\n");
    }

    @Test
    @DisplayName("S-13: what stores nothing more passes through, so clients are still to come")
    void itStaysReady() throws Exception {
        space = FULL;

        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    @DisplayName("O-09: liveness is good while the disk is full")
    void itStaysLive() throws Exception {
        space = FULL;

        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/livez").body()).isEqualTo("ok\n");
    }

    @Test
    void whatStopsIsNotReadyWhateverItsStoreDoes() throws Exception {
        space = FULL;
        stopping = true;

        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("not ready: stopping\n");
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
}
