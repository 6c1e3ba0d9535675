package dev.freshet.proxy.upstream.socket;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sockets of upstream connections. The address check stands at the connect itself, so that neither a literal
 * address nor a name that resolves differently the second time (DNS rebinding) gets around it.
 */
final class BulkSocketFactory extends SocketFactory {

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

    /**
     * A socket that is read in large pieces and times reads out by itself: OkHttp's own read timeout costs a watchdog's
     * attention for every 8 KiB, and is left at 0, "none", which means the timeout given here.
     */
    static final class BulkSocket extends Socket {

        private final AddressCheck check;
        private final int readTimeoutMillis;
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable InputStream input;

        BulkSocket(AddressCheck check, int readTimeoutMillis) {
            this.check = check;
            this.readTimeoutMillis = readTimeoutMillis;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            lock.lock();
            try {
                InputStream opened = input;
                if (opened == null) {
                    opened = new BulkInputStream(super.getInputStream());
                    input = opened;
                }
                return opened;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void setSoTimeout(int millis) throws SocketException {
            super.setSoTimeout(millis == 0 ? readTimeoutMillis : millis);
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            if (!(endpoint instanceof InetSocketAddress address) || address.isUnresolved()) {
                throw new IOException("connect to " + endpoint + " failed: the name has no address");
            }
            check.check(address);
            super.connect(endpoint, timeout);
            setSoTimeout(0);
        }

        @Override
        public void connect(SocketAddress endpoint) throws IOException {
            connect(endpoint, 0);
        }

        /**
         * Takes what has arrived from another stream in large pieces and hands it out in small ones. It never waits for more than
         * one byte, and knows without a system call when more is there. A read that fails leaves it as it was. For one thread.
         */
        private static final class BulkInputStream extends InputStream {

            private static final int PIECE = 64 * 1024;

            private final InputStream in;
            private final byte[] buffer = new byte[PIECE];
            private int next;
            private int end;

            BulkInputStream(InputStream in) {
                this.in = in;
            }

            @Override
            public int read() throws IOException {
                return fill() ? buffer[next++] & 0xff : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                if (next == end && length >= PIECE) {
                    return in.read(target, offset, length);
                }
                if (!fill()) {
                    return -1;
                }
                int count = Math.min(length, end - next);
                System.arraycopy(buffer, next, target, offset, count);
                next += count;
                return count;
            }

            @Override
            public int available() throws IOException {
                return next < end ? end - next : in.available();
            }

            @Override
            public void close() throws IOException {
                in.close();
            }

            private boolean fill() throws IOException {
                if (next == end) {
                    int count = in.read(buffer, 0, PIECE); // when this times out, what was read before must not come again
                    next = 0;
                    end = Math.max(0, count);
                }
                return next < end;
            }
        }
    }

    /** Decides on an address just before it is connected. */
    @FunctionalInterface
    interface AddressCheck {

        /** Takes every address. */
        AddressCheck ANY = address -> {};

        /**
         * Lets an address pass, which is resolved.
         *
         * @throws IOException if it must not be connected
         */
        void check(InetSocketAddress address) throws IOException;
    }
}
