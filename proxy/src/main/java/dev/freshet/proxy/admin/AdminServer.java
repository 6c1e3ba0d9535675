package dev.freshet.proxy.admin;

import dev.freshet.proxy.http.Listening;
import dev.freshet.proxy.http.UnreadBody;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.PathHandler;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The server of the admin port: {@code /livez} (no I/O thread of the data port is stuck, regardless of upstreams and disks),
 * {@code /readyz} (clients should come here; the body says what is degraded), {@code /metrics} and the {@link Api}.
 */
public final class AdminServer implements AutoCloseable {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Undertow server;

    private AdminServer(Undertow server) {
        this.server = server;
    }

    /**
     * Binds the port and starts to serve.
     *
     * @param stuck called for each request: the part of the process that is stuck; must be quick
     * @param readiness called for each request; must be quick
     * @param metrics in the text format of Prometheus
     * @param api the handler of {@code /api/v1/}
     * @throws IOException if the address cannot be bound
     */
    public static AdminServer start(InetSocketAddress address, Supplier<Optional<String>> stuck,
            Supplier<Readiness> readiness, Supplier<String> metrics, Api api) throws IOException {
        HttpHandler toRead = new PathHandler(exchange -> send(exchange, 404, TEXT, "not found\n"))
                .addExactPath("/livez", exchange -> live(exchange, stuck.get()))
                .addExactPath("/readyz", exchange -> send(exchange, readiness.get()))
                .addExactPath("/metrics",
                        exchange -> exchange.dispatch(() -> send(exchange, 200, PROMETHEUS_TEXT, metrics.get())));
        HttpHandler paths = new PathHandler(exchange -> onlyGet(exchange, toRead)).addPrefixPath(Api.PREFIX, api);
        Undertow server = Undertow.builder().addHttpListener(address.getPort(), address.getHostString(), paths)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, UnreadBody.ENTITY_BOUND)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 60_000)
                .setServerOption(UndertowOptions.BUFFER_PIPELINED_DATA, false).setIoThreads(1).setWorkerThreads(2)
                .build();
        Listening.on(address, "admin.listen", () -> {
            server.start();
            return server;
        });
        return new AdminServer(server);
    }

    /** The bound address. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
    }

    @Override
    public void close() {
        server.stop();
    }

    private static void onlyGet(HttpServerExchange exchange, HttpHandler toRead) throws Exception {
        boolean reads = exchange.getRequestMethod().equals(Methods.GET)
                || exchange.getRequestMethod().equals(Methods.HEAD);
        if (reads) {
            toRead.handleRequest(exchange);
        } else {
            exchange.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD");
            send(exchange, 405, TEXT, "method not allowed: use GET or HEAD\n");
        }
    }

    private static void live(HttpServerExchange exchange, Optional<String> stuck) {
        send(exchange, stuck.isPresent() ? 503 : 200, TEXT,
                stuck.map(what -> "not alive: " + what).orElse("ok") + "\n");
    }

    private static void send(HttpServerExchange exchange, Readiness readiness) {
        switch (readiness) {
            case Readiness.Ready ready -> send(exchange, 200, TEXT, "ok\n");
            case Readiness.Degraded(String what) -> send(exchange, 200, TEXT, "degraded\n" + what + "\n");
            case Readiness.Stopping stopping -> send(exchange, 503, TEXT, "not ready: stopping\n");
        }
    }

    private static void send(HttpServerExchange exchange, int status, String contentType, String body) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, contentType);
        UnreadBody.discard(exchange, () -> exchange.getResponseSender().send(body));
    }
}
