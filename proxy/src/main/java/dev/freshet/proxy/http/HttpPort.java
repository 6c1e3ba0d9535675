package dev.freshet.proxy.http;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * A port for HTTP/1.1, with the threads that serve it. Other than {@link io.undertow.Undertow} it can be closed to new
 * connections while those that are open are still served.
 */
final class HttpPort implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpPort.class);

    /** The size of the direct buffers for heads; with its header each is an object of 16 KiB. */
    private static final int BUFFER_BYTES = 16 * 1024 - 20;
    private static final int UNLIMITED = -1;
    private static final int CACHED_BY_THREAD = 4;

    private final XnioWorker worker;
    private final ByteBufferPool heads;
    private final AcceptingChannel<StreamConnection> accepting;

    private HttpPort(XnioWorker worker, ByteBufferPool heads, AcceptingChannel<StreamConnection> accepting) {
        this.worker = worker;
        this.heads = heads;
        this.accepting = accepting;
    }

    /**
     * Binds a port and begins to serve.
     *
     * <p>Answers to pipelined requests are not gathered, as Undertow would by default: one would wait for the next, and a
     * client that resets the connection meanwhile makes Undertow release the buffer it gathers in and then use it again.
     *
     * @param threads how many serve it, each its share of the connections
     * @param http options of the protocol
     * @param socket options of the port and its connections
     * @throws IOException if the address cannot be bound
     */
    static HttpPort open(InetSocketAddress address, HttpHandler handler, int threads, OptionMap http, OptionMap socket)
            throws IOException {
        XnioWorker worker = Xnio.getInstance(HttpPort.class.getClassLoader()).createWorker(OptionMap.builder()
                .set(Options.WORKER_NAME, "data").set(Options.WORKER_IO_THREADS, threads)
                .set(Options.WORKER_TASK_CORE_THREADS, 1).set(Options.WORKER_TASK_MAX_THREADS, 1).getMap());
        ByteBufferPool heads = new DefaultByteBufferPool(true, BUFFER_BYTES, UNLIMITED, CACHED_BY_THREAD);
        HttpOpenListener open = new HttpOpenListener(heads, OptionMap.builder().addAll(http)
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, false).getMap());
        open.setRootHandler(handler);
        boolean bound = false;
        try {
            AcceptingChannel<StreamConnection> accepting = worker.createStreamConnectionServer(address,
                    port -> accept(port, open), OptionMap.builder().set(Options.WORKER_IO_THREADS, threads)
                            .set(Options.TCP_NODELAY, true).set(Options.REUSE_ADDRESSES, true)
                            .set(Options.BALANCING_TOKENS, 1).set(Options.BALANCING_CONNECTIONS, 2).addAll(socket)
                            .getMap());
            accepting.resumeAccepts();
            bound = true;
            return new HttpPort(worker, heads, accepting);
        } finally {
            if (!bound) {
                worker.shutdownNow();
                heads.close();
            }
        }
    }

    private static void accept(AcceptingChannel<StreamConnection> port, ChannelListener<StreamConnection> open) {
        try {
            StreamConnection accepted = port.accept();
            if (accepted != null) {
                EmptyLineConduit.install(accepted);
                ChannelListeners.invokeChannelListener(accepted, open);
            }
        } catch (ClosedChannelException e) {
            LOG.debug("a connection came while the port was closed");
        } catch (IOException e) {
            LOG.warn("accept of a connection failed: {}", e.toString());
        }
    }

    /** The threads that serve it: first the one that accepts its connections. */
    List<XnioIoThread> threads() {
        return Stream.concat(Stream.of(accepting.getIoThread()),
                IntStream.range(0, worker.getIoThreadCount()).mapToObj(worker::getIoThread)).distinct().toList();
    }

    /** The bound address. */
    InetSocketAddress address() {
        return accepting.getLocalAddress(InetSocketAddress.class);
    }

    /** Takes no connections any more; those that are open go on. */
    void closeToNew() {
        IoUtils.safeClose(accepting);
    }

    /** Closes the port and all its connections, and ends its threads. */
    @Override
    public void close() {
        closeToNew();
        worker.shutdown();
        try {
            worker.awaitTermination();
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
        heads.close();
    }
}
