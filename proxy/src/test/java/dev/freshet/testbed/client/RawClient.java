package dev.freshet.testbed.client;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.wire.Headers;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * One request on a connection of its own, by a client that follows no redirect, decodes nothing and sees every byte.
 * Closing it closes the connection, whatever is still to come.
 */
public final class RawClient implements AutoCloseable {

    private static final int PIECE = 256 * 1024;

    private final Socket socket;
    private final InputStream in;
    private final int status;
    private final Headers headers;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream(), PIECE);
        status = Integer.parseInt(line().split(" ", 3)[1]);
        Headers fields = Headers.NONE;
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields = fields.plus(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        headers = fields;
    }

    /** Sends a GET with these header fields, names and values in turn, and reads the head of the answer. */
    public static RawClient get(String url, String... fields) throws IOException {
        return send("GET", url, fields);
    }

    /** Sends any request without a body, and reads the head of the answer. */
    public static RawClient send(String method, String url, String... fields) throws IOException {
        URI uri = URI.create(url);
        String target = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        List<String> all = new ArrayList<>(List.of("Host", uri.getAuthority(), "Connection", "close"));
        all.addAll(List.of(fields));
        return exactly(method, target, Headers.of(all.toArray(String[]::new)), uri.getPort());
    }

    /** Sends a request with these header fields and no others to a port, and reads the head of the answer. */
    public static RawClient exactly(String method, String target, Headers fields, int port) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        for (Headers.Field field : fields.fields()) {
            head.append(field.name()).append(": ").append(field.value()).append("\r\n");
        }
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            return new RawClient(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The status code. */
    public int status() {
        return status;
    }

    /** The header fields. */
    public Headers headers() {
        return headers;
    }

    /** The first value of a field, or the empty text. */
    public String header(String name) {
        return headers.first(name).orElse("");
    }

    /** Reads so many bytes of the body. */
    public byte[] read(int count) throws IOException {
        return in.readNBytes(count);
    }

    /** Reads the rest of the body; its connection ends with it. */
    public byte[] readAll() throws IOException {
        return in.readAllBytes();
    }

    /** Reads the rest of the body into this hash; the number of bytes. */
    public long readInto(MessageDigest hash) throws IOException {
        byte[] piece = new byte[PIECE];
        long length = 0;
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
            hash.update(piece, 0, n);
            length += n;
        }
        return length;
    }

    /** Reads the rest of the body; what it hashes to. */
    public Digest readDigest() throws IOException {
        MessageDigest hash = Digest.Algorithm.SHA256.newHash();
        readInto(hash);
        return Digest.of(Digest.Algorithm.SHA256, hash);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the connection ended in the head of the answer, after: " + line);
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
