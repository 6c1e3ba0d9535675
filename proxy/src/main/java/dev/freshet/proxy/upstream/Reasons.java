package dev.freshet.proxy.upstream;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** Network failures in words that an operator can act on. */
final class Reasons {

    private Reasons() {}

    /** What this failure means; never empty, one line. */
    static String of(IOException failure) {
        String words = switch (failure) {
            case UnknownHostException e -> "its name does not resolve (" + e.getMessage() + ")";
            case SocketTimeoutException e -> "it was silent for too long (" + e.getMessage() + ")";
            case ConnectException e -> "it cannot be connected (" + e.getMessage() + ")";
            case SSLException e -> "TLS failed (" + e.getMessage() + ")";
            default -> failure.getClass().getSimpleName() + " (" + failure.getMessage() + ")";
        };
        return words.replaceAll("[\\p{Cntrl}]+", " ");
    }
}
