package dev.freshet.proxy.upstream.socket;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is read in large pieces and times reads out by itself: OkHttp's own read timeout costs a watchdog's
 * attention for every 8 KiB, and is left at 0, "none", which means the timeout given here.
 */
final class BulkSocket extends Socket {

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
}
