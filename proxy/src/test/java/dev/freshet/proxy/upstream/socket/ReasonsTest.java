package dev.freshet.proxy.upstream.socket;

import dev.freshet.proxy.upstream.UpstreamException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Which failed connections another try does not mend. */
class ReasonsTest {

    static Stream<IOException> forGood() {
        return Stream.of(because(new SSLHandshakeException("no path"), new CertificateException("of no authority")),
                new SSLPeerUnverifiedException("Hostname 127.0.0.1 not verified"),
                new SSLException("Unsupported or unrecognized SSL message"),
                new SSLHandshakeException("Received fatal alert: handshake_failure"));
    }

    static Stream<IOException> forNow() {
        return Stream.of(because(new SSLHandshakeException("Remote host terminated the handshake"), new EOFException()),
                because(new SSLException("Connection reset"), new SocketException("Connection reset")),
                new SSLHandshakeException("Received fatal alert: internal_error"),
                new SSLException("Tag mismatch"), new SocketTimeoutException("Read timed out"),
                new ConnectException("Connection refused"), new UnknownHostException("lab"), new EOFException());
    }

    @ParameterizedTest
    @MethodSource("forGood")
    @DisplayName("U-26: what is refused for good is not tried again")
    void aRefusalForGood(IOException failure) {
        assertThat(Reasons.isForGood(failure)).isTrue();
        assertThat(UpstreamException.broken("GET failed", failure).isRetryable()).isFalse();
        assertThat(UpstreamException.broken("GET failed", failure).shared().isRetryable()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("forNow")
    void aFailureForNow(IOException failure) {
        assertThat(UpstreamException.broken("GET failed", failure).isRetryable()).isTrue();
    }

    private static IOException because(IOException failure, Exception cause) {
        failure.initCause(cause);
        return failure;
    }
}
