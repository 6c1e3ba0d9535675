package dev.freshet.testbed.proxy;

import dev.freshet.testbed.wire.Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** One request on a connection of its own, and its answer as it comes (RFC 9112). One thread reads it. */
public final class Download implements AutoCloseable {

    private static final int GENEROUS_MILLIS = 60_000;
    private static final int PIECE = 64 * 1024;
    private static final long UNTIL_CLOSE = Long.MAX_VALUE;

    private final Socket socket;
    private final InputStream in;
    private final int status;
    private final Headers headers;
    private final boolean chunked;
    private long left;

    private Download(Socket socket, InputStream in, int status, Headers headers, boolean bodiless) {
        this.socket = socket;
        this.in = in;
        this.status = status;
        this.headers = headers;
        this.chunked = !bodiless && headers.first("Transfer-Encoding").filter("chunked"::equals).isPresent();
        this.left = bodiless || chunked
                ? 0
                : headers.first("Content-Length").map(Long::parseLong).orElse(UNTIL_CLOSE);
    }

    /** Sends the request and waits for the answer's head. */
    static Download begin(String method, String url, String... fields) throws IOException {
        URI uri = URI.create(url);
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        try {
            socket.setSoTimeout(GENEROUS_MILLIS);
            StringBuilder head = new StringBuilder(method).append(' ').append(uri.getRawPath())
                    .append(uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()).append(" HTTP/1.1\r\nHost: ")
                    .append(uri.getAuthority()).append("\r\nConnection: close\r\n");
            for (int i = 0; i < fields.length; i += 2) {
                head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
            }
            socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = new BufferedInputStream(socket.getInputStream(), PIECE);
            int status = Integer.parseInt(line(in).split(" ", 3)[1]);
            Headers headers = Headers.NONE;
            for (String field = line(in); !field.isEmpty(); field = line(in)) {
                int colon = field.indexOf(':');
                headers = headers.plus(field.substring(0, colon), field.substring(colon + 1).strip());
            }
            return new Download(socket, in, status, headers, method.equals("HEAD") || status == 304);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** The answer's status. */
    public int status() {
        return status;
    }

    /** The fields of the answer's head. */
    public Headers headers() {
        return headers;
    }

    /** Waits for the next bytes of the body; none at its end, an exception when it ends before. */
    public byte[] read() throws IOException {
        if (left == 0 && chunked) {
            left = Long.parseLong(line(in), 16);
            if (left == 0) {
                line(in);
                return new byte[0];
            }
        }
        if (left == 0) {
            return new byte[0];
        }
        byte[] piece = new byte[(int) Math.min(PIECE, left)];
        int n = in.read(piece);
        if (n < 0) {
            if (left == UNTIL_CLOSE) {
                return new byte[0];
            }
            throw new EOFException("the body ended " + left + " bytes early");
        }
        left -= left == UNTIL_CLOSE ? 0 : n;
        if (left == 0 && chunked) {
            line(in);
        }
        return java.util.Arrays.copyOf(piece, n);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended in the middle of a line");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
