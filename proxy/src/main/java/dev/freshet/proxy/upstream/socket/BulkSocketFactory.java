package dev.freshet.proxy.upstream.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.SocketFactory;

/**
 * Makes the sockets of upstream connections. The address check stands at the connect itself, so that neither a literal
 * address nor a name that resolves differently the second time (DNS rebinding) gets around it.
 */
public final class BulkSocketFactory extends SocketFactory {

    private final AddressCheck check;
    private final int readTimeoutMillis;

    /** @param readTimeout how long a connection may be silent */
    public BulkSocketFactory(AddressCheck check, Duration readTimeout) {
        this.check = check;
        this.readTimeoutMillis = Math.toIntExact(readTimeout.toMillis());
    }

    @Override
    public Socket createSocket() {
        return new BulkSocket(check, readTimeoutMillis);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    private Socket connected(InetSocketAddress address) throws IOException {
        Socket socket = createSocket();
        try {
            socket.connect(address);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
