package dev.freshet.testbed.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One accepted connection; used by one thread, closed by any. */
final class Connection implements AutoCloseable {

    private static final int HEAD_LIMIT = 1 << 20;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Connection(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 8192);
        out = socket.getOutputStream();
    }

    OutputStream out() {
        return out;
    }

    /** The next request; empty when the peer has closed instead. */
    Optional<Request> read() throws IOException {
        String line = line();
        if (line.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = line.split(" ", 3);
        if (parts.length != 3) {
            throw new IOException("request line is not one: " + line);
        }
        Headers headers = Headers.NONE;
        for (String field = line(); !field.isEmpty(); field = line()) {
            int colon = field.indexOf(':');
            if (colon <= 0) {
                throw new IOException("header field has no name: " + field);
            }
            headers = headers.plus(field.substring(0, colon), field.substring(colon + 1).strip());
        }
        int length = headers.first("Content-Length").map(Integer::parseInt).orElse(0);
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return Optional.of(new Request(parts[0], parts[1], headers, body));
    }

    /** Whether the peer has ended its side; what it may have sent stays readable. */
    boolean peerClosed() throws IOException {
        in.mark(1);
        socket.setSoTimeout(1);
        try {
            if (in.read() < 0) {
                return true;
            }
            in.reset();
            return false;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            if (!socket.isClosed()) {
                socket.setSoTimeout(0);
            }
        }
    }

    /** Ends the connection; nothing can be sent or read after it. */
    void end(Ending ending) throws IOException {
        if (ending == Ending.RST) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** A line without its end; empty at the end of the stream too. */
    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (line.size() > HEAD_LIMIT) {
                throw new IOException("a line of the request's head is longer than " + HEAD_LIMIT);
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
