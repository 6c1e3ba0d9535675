package dev.freshet.proxy.http;

import dev.freshet.cache.store.Event;
import dev.freshet.proxy.http.BodyPump.BodyBuffers;
import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.serve.RegistryService;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.xnio.OptionMap;
import org.xnio.Options;

/**
 * The data port. Everything about it is bounded: heads to 32 KiB, the time to send one, idle connections; bodies are
 * not taken at all.
 */
public final class DataServer implements AutoCloseable {

    /** A client that takes nothing for so long is gone; some pause for minutes while they unpack. */
    private static final int WRITE_MILLIS = 600_000;

    private static final int IO_THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

    private final HttpPort port;
    private final Entrance entrance;
    private final BodyBuffers buffers;

    private DataServer(HttpPort port, Entrance entrance, BodyBuffers buffers) {
        this.port = port;
        this.entrance = entrance;
        this.buffers = buffers;
    }

    /**
     * How long clients may take.
     *
     * @param head from a request's first byte to the end of its head
     * @param idle between two requests
     */
    record Bounds(Duration head, Duration idle) {

        static final Bounds DEFAULTS = new Bounds(Duration.ofSeconds(30), Duration.ofMinutes(2));
    }

    /**
     * Binds the port and begins to serve.
     *
     * @param waiting runs what may wait for upstreams, one thread a request
     * @param ticker nanoseconds since some fixed moment
     * @throws IOException if the address cannot be bound
     */
    public static DataServer start(InetSocketAddress address, Router router, RegistryService service, Executor waiting,
            Consumer<Event> events, LongSupplier ticker) throws IOException {
        return start(address, router, service, waiting, events, ticker, Bounds.DEFAULTS,
                BodyBuffers.direct(), IO_THREADS);
    }

    /** Closes the buffers when it is closed. */
    static DataServer start(InetSocketAddress address, Router router, RegistryService service, Executor waiting,
            Consumer<Event> events, LongSupplier ticker, Bounds bounds, BodyBuffers buffers, int ioThreads)
            throws IOException {
        DataHandler handler = new DataHandler(router, service, waiting, events, buffers, ticker);
        Entrance entrance = new Entrance(handler, handler::refuseAsStopping);
        OptionMap http = OptionMap.builder().set(UndertowOptions.MAX_HEADER_SIZE, 2 * Requests.MAX_HEAD_BYTES)
                .set(UndertowOptions.MAX_HEADERS, 2 * Requests.MAX_HEADERS)
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) bounds.head().toMillis())
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int) bounds.idle().toMillis())
                .set(UndertowOptions.MAX_ENTITY_SIZE, UnreadBody.ENTITY_BOUND)
                .set(UndertowOptions.DECODE_URL, false)
                .set(UndertowOptions.RECORD_REQUEST_START_TIME, false).getMap();
        OptionMap socket = OptionMap.builder().set(Options.WRITE_TIMEOUT, WRITE_MILLIS).set(Options.BACKLOG, 4096)
                .getMap();
        HttpPort port = Listening.on(address, "listen",
                () -> HttpPort.open(address, entrance, ioThreads, http, socket));
        return new DataServer(port, entrance, buffers);
    }

    /** Has its threads watched. */
    public void watchedBy(IoThreads threads) {
        threads.watch(port.threads());
    }

    /** The port that is bound. */
    public InetSocketAddress address() {
        return port.address();
    }

    /**
     * Takes no new connections, refuses requests on those that are open, and waits for the requests that run.
     *
     * @return whether all ended in time
     */
    public boolean drain(Duration timeout) throws InterruptedException {
        port.closeToNew();
        entrance.shut();
        return entrance.awaitEmpty(timeout);
    }

    @Override
    public void close() {
        port.close();
        buffers.close();
    }

    /** The entrance of requests: open until it is shut, then it sends them elsewhere; it counts those inside. */
    static final class Entrance implements HttpHandler {

        private final HttpHandler inside;
        private final HttpHandler elsewhere;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition left = lock.newCondition();
        private long count;
        private boolean shut;

        /** @param elsewhere takes the requests that come too late */
        Entrance(HttpHandler inside, HttpHandler elsewhere) {
            this.inside = inside;
            this.elsewhere = elsewhere;
        }

        @Override
        public void handleRequest(HttpServerExchange exchange) throws Exception {
            boolean late = !enter();
            exchange.addExchangeCompleteListener((ended, next) -> {
                try {
                    next.proceed();
                } finally {
                    leave();
                }
            });
            (late ? elsewhere : inside).handleRequest(exchange);
        }

        private boolean enter() {
            lock.lock();
            try {
                count++;
                return !shut;
            } finally {
                lock.unlock();
            }
        }

        private void leave() {
            lock.lock();
            try {
                count--;
                if (count == 0) {
                    left.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        /** Sends all requests elsewhere from now on. */
        void shut() {
            lock.lock();
            try {
                shut = true;
            } finally {
                lock.unlock();
            }
        }

        /**
         * Waits until no request is inside.
         *
         * @return whether all ended in time
         */
        boolean awaitEmpty(Duration timeout) throws InterruptedException {
            long nanos = timeout.toNanos();
            lock.lock();
            try {
                while (count > 0 && nanos > 0) {
                    nanos = left.awaitNanos(nanos);
                }
                return count == 0;
            } finally {
                lock.unlock();
            }
        }
    }
}
