package dev.freshet.testbed.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A loopback port whose server is down: a socket that is bound and does not listen. Connections are refused, and no other
 * server picks the port, also none of another process, until it is closed.
 */
public final class ReservedPort implements AutoCloseable {

    private final Socket bound = new Socket();

    /** Takes the port, which nothing listens on. */
    public ReservedPort(int port) {
        try {
            bound.setReuseAddress(true);
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            bound.setReuseAddress(false);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep port " + port, e);
        }
    }

    @Override
    public void close() {
        try {
            bound.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot give back port " + bound.getLocalPort(), e);
        }
    }
}
