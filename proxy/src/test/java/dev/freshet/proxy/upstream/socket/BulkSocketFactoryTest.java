package dev.freshet.proxy.upstream.socket;

import dev.freshet.proxy.upstream.redirect.PublicAddresses;
import dev.freshet.proxy.upstream.redirect.PublicAddresses.AddressRefusedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Sockets that check the address they are about to connect. */
class BulkSocketFactoryTest {

    private final BulkSocketFactory factory = new BulkSocketFactory(PublicAddresses::require, Duration.ofSeconds(1));

    @Test
    @DisplayName("R-11: the address that is connected is checked, under any name, before any packet")
    void theConnectedAddressIsChecked() throws IOException {
        InetAddress loopback = InetAddress.getByAddress("rebound.example.com", new byte[]{127, 0, 0, 1});
        try (ServerSocket canary = new ServerSocket(0, 1, loopback);
                Socket socket = factory.createSocket()) {
            InetSocketAddress address = new InetSocketAddress(loopback, canary.getLocalPort());

            assertThatThrownBy(() -> socket.connect(address, 1000)).isInstanceOf(AddressRefusedException.class)
                    .hasMessageContaining("no public address");
            assertThatThrownBy(() -> socket.connect(address)).isInstanceOf(AddressRefusedException.class);

            canary.setSoTimeout(1);
            assertThatThrownBy(canary::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void everyWayToMakeASocketIsChecked() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        assertThatThrownBy(() -> factory.createSocket("localhost", 9)).isInstanceOf(AddressRefusedException.class);
        assertThatThrownBy(() -> factory.createSocket(loopback, 9)).isInstanceOf(AddressRefusedException.class);
        assertThatThrownBy(() -> factory.createSocket("127.0.0.1", 9, loopback, 0))
                .isInstanceOf(AddressRefusedException.class);
        assertThatThrownBy(() -> factory.createSocket(loopback, 9, loopback, 0))
                .isInstanceOf(AddressRefusedException.class);
        try (Socket socket = factory.createSocket()) {
            assertThatThrownBy(() -> socket.connect(InetSocketAddress.createUnresolved("a.example", 9)))
                    .isInstanceOf(IOException.class).hasMessageContaining("no address");
        }
    }
}
