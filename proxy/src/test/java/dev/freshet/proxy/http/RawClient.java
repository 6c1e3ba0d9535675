package dev.freshet.proxy.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that sends what it is told, byte for byte, and reads answers one after the other. */
final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 30_000;

    /** Bytes: little, so that what the server does not take cannot all be sent. */
    private static final int SEND_BUFFER = 16 * 1024;

    private final Socket socket = new Socket();
    private final InputStream in;

    RawClient(InetSocketAddress server) throws IOException {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        socket.setSendBufferSize(SEND_BUFFER);
        socket.connect(server, TIMEOUT_MILLIS);
        in = socket.getInputStream();
    }

    /** Sends a request's lines, each ended by CR LF, and an empty one after them. */
    RawClient request(String... lines) throws IOException {
        return send(String.join("\r\n", lines) + "\r\n\r\n");
    }

    /** Sends a GET of a path, with these header lines besides {@code Host}. */
    RawClient get(String path, String... headers) throws IOException {
        return method("GET", path, headers);
    }

    RawClient method(String method, String path, String... headers) throws IOException {
        List<String> lines = new ArrayList<>(List.of(method + " " + path + " HTTP/1.1", "Host: localhost"));
        lines.addAll(List.of(headers));
        return request(lines.toArray(String[]::new));
    }

    /** Sends these characters as Latin-1. */
    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** Reads an answer to a GET. */
    RawAnswer answer() throws IOException {
        return answer(true);
    }

    /** Reads an answer that has a head only, as one to a HEAD does. */
    RawAnswer head() throws IOException {
        return answer(false);
    }

    private RawAnswer answer(boolean withBody) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("connection ended within a head: " + head.toString(StandardCharsets.UTF_8));
            }
            head.write(next);
        }
        RawAnswer bare = RawAnswer.parse(head.toString(StandardCharsets.ISO_8859_1), new byte[0]);
        boolean none = !withBody || bare.status() == 304 || bare.status() == 204;
        return none ? bare : RawAnswer.parse(head.toString(StandardCharsets.ISO_8859_1), body(bare));
    }

    private byte[] body(RawAnswer bare) throws IOException {
        if (bare.header("Content-Length").isPresent()) {
            return in.readNBytes(Integer.parseInt(bare.header("Content-Length").orElseThrow()));
        }
        return in.readAllBytes();
    }

    /** Reads some bytes, as many as come at once. */
    byte[] some(int most) throws IOException {
        return in.readNBytes(most);
    }

    /** Reads everything; true when the connection ends with a reset, false when it ends cleanly. */
    boolean endsWithReset() throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    /** Everything until the server ends the connection. */
    String rest() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (SocketException e) {
            all.write(new byte[0]);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Cuts the connection with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
