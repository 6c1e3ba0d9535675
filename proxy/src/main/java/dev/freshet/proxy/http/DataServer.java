package dev.freshet.proxy.http;

import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.serve.RegistryService;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.handlers.GracefulShutdownHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.xnio.Options;

/**
 * The data port. Everything about it is bounded: heads to 32 KiB, the time to send one, idle connections; bodies are
 * not taken at all.
 */
public final class DataServer implements AutoCloseable {

    private static final int MAX_HEAD_BYTES = 32 * 1024;
    private static final int MAX_HEADERS = 100;
    private static final int REQUEST_PARSE_MILLIS = 30_000;
    private static final int IDLE_MILLIS = 120_000;
    private static final int BODY_BUFFER_BYTES = 128 * 1024;
    private static final int POOLED_BODY_BUFFERS = 128;

    private final Undertow server;
    private final GracefulShutdownHandler requests;
    private final DefaultByteBufferPool buffers;

    private DataServer(Undertow server, GracefulShutdownHandler requests, DefaultByteBufferPool buffers) {
        this.server = server;
        this.requests = requests;
        this.buffers = buffers;
    }

    /**
     * Binds the port and begins to serve.
     *
     * @param waiting runs what may wait for upstreams, one thread a request
     * @throws IOException if the address cannot be bound
     */
    public static DataServer start(InetSocketAddress address, Router router, RegistryService service, Executor waiting,
            RequestLog log) throws IOException {
        DefaultByteBufferPool buffers = new DefaultByteBufferPool(true, BODY_BUFFER_BYTES, POOLED_BODY_BUFFERS, 4);
        GracefulShutdownHandler requests = new GracefulShutdownHandler(
                new DataHandler(router, service, waiting, log, buffers));
        Undertow server = Undertow.builder().addHttpListener(address.getPort(), address.getHostString(), requests)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MAX_HEAD_BYTES)
                .setServerOption(UndertowOptions.MAX_HEADERS, MAX_HEADERS)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, REQUEST_PARSE_MILLIS)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, 1L)
                .setServerOption(UndertowOptions.DECODE_URL, false)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
                .setServerOption(UndertowOptions.RECORD_REQUEST_START_TIME, false)
                .setSocketOption(Options.BACKLOG, 4096).setWorkerThreads(1).build();
        Listening.start(server, address, "listen");
        return new DataServer(server, requests, buffers);
    }

    /** The port that is bound. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
    }

    /**
     * Takes no new requests and waits for those that run.
     *
     * @return whether all ended in time
     */
    public boolean drain(Duration timeout) throws InterruptedException {
        requests.shutdown();
        return requests.awaitShutdown(timeout.toMillis());
    }

    @Override
    public void close() {
        server.stop();
        buffers.close();
    }
}
