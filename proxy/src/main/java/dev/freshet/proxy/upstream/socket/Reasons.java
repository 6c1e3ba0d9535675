package dev.freshet.proxy.upstream.socket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.HttpUrl;

/** Network failures in words that an operator can act on. */
public final class Reasons {

    private static final int MOST_SHOWN = 300;
    private static final int MOST_OF_A_CAUSE = 120;
    /** What OkHttp tells first of a certificate for another host, whose names are what matters. */
    private static final Pattern FINGERPRINT = Pattern.compile("certificate: sha256/\\S+\\s+");

    /** What Java says of an answer in plain HTTP. */
    private static final String NO_TLS = "Unsupported or unrecognized SSL message";
    /** The alert of a server that has failed (RFC 8446, section 6.2). */
    private static final String OWN_FAULT = "internal_error";

    private Reasons() {}

    /** What this failure means; never empty, one line. */
    public static String of(IOException failure) {
        String words = switch (failure) {
            case UnknownHostException e -> "its name does not resolve (" + e.getMessage() + ")";
            case SocketTimeoutException e -> "it was silent for too long (" + e.getMessage() + ")";
            case InterruptedIOException e -> "it took too long (" + e.getMessage() + ")";
            case ConnectException e -> "it cannot be connected (" + e.getMessage() + ")";
            case SSLException e -> "TLS failed: " + certificate(e);
            default -> failure.getClass().getSimpleName() + " (" + failure.getMessage() + ")";
        };
        return shown(words);
    }

    /** What is wrong with a certificate, where that is what is wrong, and what to do. */
    private static String certificate(SSLException failure) {
        String expired = null;
        String other = null;
        String unknown = null;
        String otherwise = "it spoke no TLS that can be understood (" + failure.getMessage()
                + "); check whether its url begins with http:// or https://, and any proxy or firewall in between";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String details = "(" + clipped(FINGERPRINT.matcher(String.valueOf(cause.getMessage())).replaceAll(""),
                    MOST_OF_A_CAUSE) + ")";
            switch (cause) {
                case CertificateExpiredException e -> expired = "its certificate has expired " + details
                        + "; its operator has to renew it, or this machine's clock is wrong";
                case CertificateNotYetValidException e -> expired = "its certificate is not valid yet " + details
                        + "; this machine's clock may be wrong";
                case SSLPeerUnverifiedException e ->
                    other = "its certificate is for another host " + details + "; check its address";
                case CertPathBuilderException e ->
                    unknown = "its certificate is of no authority that is trusted here " + details
                            + "; if it is right, name its authority in the upstream's ca-file";
                default -> {
                }
            }
        }
        return expired != null
                ? expired
                : other != null ? other : unknown != null ? unknown : otherwise;
    }

    /**
     * Whether the next connection would fail in the same way: a certificate that is not accepted, or what speaks no TLS at all.
     * A handshake that was cut off, or that the other side says it has itself failed in, is none of these.
     */
    public static boolean isForGood(IOException failure) {
        if (!(failure instanceof SSLException)) {
            return false;
        }
        boolean isOfTheHandshake = failure instanceof SSLHandshakeException
                || failure instanceof SSLPeerUnverifiedException || NO_TLS.equals(failure.getMessage());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof CertPathBuilderException) {
                return true;
            }
            isOfTheHandshake &= !(cause instanceof IOException) || cause instanceof SSLException;
        }
        return isOfTheHandshake && !String.valueOf(failure.getMessage()).contains(OWN_FAULT);
    }

    /** An upstream's words as they may stand in a message: on one line, and not many. */
    public static String shown(String words) {
        return clipped(words, MOST_SHOWN);
    }

    /** An address as it may stand in a message. */
    public static String withoutQuery(HttpUrl url) {
        return url.newBuilder().query(null).fragment(null).build().toString();
    }

    private static String clipped(String words, int most) {
        String line = words.replaceAll("[\\s\\p{Cntrl}]+", " ");
        return line.length() <= most ? line : line.substring(0, most) + "...";
    }
}
