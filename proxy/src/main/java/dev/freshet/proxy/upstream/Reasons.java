package dev.freshet.proxy.upstream;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** Network failures in words that an operator can act on. */
final class Reasons {

    private static final int MOST_SHOWN = 300;

    private Reasons() {}

    /** What this failure means; never empty, one line. */
    static String of(IOException failure) {
        String words = switch (failure) {
            case UnknownHostException e -> "its name does not resolve (" + e.getMessage() + ")";
            case SocketTimeoutException e -> "it was silent for too long (" + e.getMessage() + ")";
            case InterruptedIOException e -> "it took too long (" + e.getMessage() + ")";
            case ConnectException e -> "it cannot be connected (" + e.getMessage() + ")";
            case SSLException e -> "TLS failed (" + e.getMessage() + ")";
            default -> failure.getClass().getSimpleName() + " (" + failure.getMessage() + ")";
        };
        return shown(words);
    }

    /** An upstream's words as they may stand in a message: on one line, and not many. */
    static String shown(String words) {
        String clipped = words.length() <= MOST_SHOWN ? words : words.substring(0, MOST_SHOWN) + "...";
        return clipped.replaceAll("[\\p{Cntrl}]+", " ");
    }
}
