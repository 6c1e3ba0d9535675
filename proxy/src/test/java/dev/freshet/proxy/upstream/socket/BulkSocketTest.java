package dev.freshet.proxy.upstream.socket;

import dev.freshet.proxy.upstream.socket.BulkSocketFactory.AddressCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Sockets that are read in large pieces. */
class BulkSocketTest {

    /** OkHttp reads so from a connection that was idle for 10 s, before it sends it anything but a GET. */
    @Test
    void whatWasReadDoesNotComeAgainAfterAReadThatTimedOut() throws IOException {
        BulkSocketFactory factory = new BulkSocketFactory(AddressCheck.ANY, Duration.ofMinutes(1));
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = factory.createSocket(server.getInetAddress(), server.getLocalPort());
                Socket peer = server.accept()) {
            InputStream in = socket.getInputStream();
            OutputStream out = peer.getOutputStream();
            out.write(bytes("first answer"));
            assertThat(in.readNBytes(12)).isEqualTo(bytes("first answer"));

            socket.setSoTimeout(1);
            assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
            socket.setSoTimeout(0);
            out.write(bytes("other answer"));

            assertThat(in.readNBytes(12)).isEqualTo(bytes("other answer"));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
