package dev.freshet.testbed.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on a loopback port that it picks itself. It can be stopped and started again on the same port, as
 * an upstream that goes down. Connections are kept alive; each has a virtual thread. Safe for use by several threads.
 */
public final class WireServer implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";

    /** Makes the answer to a request. Called by many threads at once. */
    @FunctionalInterface
    public interface Handler {

        /** The answer; an exception ends the connection. */
        Answer handle(Request request) throws IOException;
    }

    private final Handler handler;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private int port;
    private @Nullable ServerSocket listener;
    private @Nullable ReservedPort reserved;
    private @Nullable ExecutorService threads;

    /** Listens when it returns. */
    public WireServer(Handler handler) {
        this.handler = handler;
        start();
    }

    /** {@code 127.0.0.1:port}. */
    public String authority() {
        return LOOPBACK + ":" + port;
    }

    /** As many connections were accepted so far. */
    public int accepted() {
        return accepted.get();
    }

    /** Accepts connections again, on the same port as before. */
    public synchronized void start() {
        try {
            release();
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            port = socket.getLocalPort();
            ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
            listener = socket;
            threads = executor;
            executor.execute(() -> accept(socket, executor));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on 127.0.0.1:" + port, e);
        }
    }

    /** Refuses connections and cuts the running ones; all threads have ended when it returns. Nobody else gets the port. */
    public synchronized void stop() {
        if (listener != null) {
            end();
            reserved = new ReservedPort(port);
        }
    }

    @Override
    public synchronized void close() {
        end();
        release();
    }

    private void release() {
        ReservedPort port = reserved;
        if (port != null) {
            reserved = null;
            port.close();
        }
    }

    private void end() {
        ServerSocket socket = listener;
        ExecutorService executor = threads;
        if (socket == null || executor == null) {
            return;
        }
        listener = null;
        threads = null;
        closeQuietly(socket);
        executor.shutdownNow();
        connections.forEach(WireServer::closeQuietly);
        executor.close();
    }

    private void accept(ServerSocket socket, ExecutorService executor) {
        while (!socket.isClosed()) {
            try {
                Connection connection = new Connection(socket.accept());
                accepted.incrementAndGet();
                connections.add(connection);
                executor.execute(() -> serve(connection));
            } catch (IOException | RejectedExecutionException e) {
                closeQuietly(socket);
            }
        }
        connections.forEach(WireServer::closeQuietly);
    }

    private void serve(Connection connection) {
        try (connection) {
            boolean open = true;
            while (open) {
                Optional<Request> request = connection.read();
                if (request.isEmpty()) {
                    return;
                }
                open = new Transmission(connection, request.get(), handler.handle(request.get())).run();
            }
        } catch (IOException e) {
            // The peer went away or the server is being stopped: both end this connection, and nothing else.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException("cannot close " + resource, e);
        }
    }
}
