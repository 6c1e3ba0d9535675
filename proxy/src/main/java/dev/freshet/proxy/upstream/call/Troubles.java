package dev.freshet.proxy.upstream.call;
import dev.freshet.proxy.upstream.redirect.AddressRefusedException;
import dev.freshet.proxy.upstream.UpstreamEvents.RequestKind;
import dev.freshet.proxy.upstream.guard.Failure.Cause;
import dev.freshet.proxy.upstream.guard.Failure;
import dev.freshet.proxy.upstream.socket.ArrivedBytes;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.HttpUrl;

/** Which outcomes of requests to a registry say that something is wrong with it as a whole. */
final class Troubles {

    private Troubles() {}

    /**
     * What a missing answer says; empty for a call that was given up for other reasons. A registry that is connected and takes
     * its time for a blob, perhaps as it fetches that itself, is there.
     */
    static Optional<Failure> of(IOException failure, Call call, ArrivedBytes arrived, RequestKind kind) {
        boolean isLate = failure instanceof InterruptedIOException;
        if ((call.isCanceled() && !isLate) || AddressRefusedException.isCauseOf(failure)) {
            return Optional.empty();
        }
        HttpUrl url = call.request().url();
        boolean isWhole = !arrived.isConnected() || isOfConnecting(failure);
        if (isLate && !isWhole && kind == RequestKind.BLOB) {
            return Optional.empty();
        }
        return Optional.of(new Failure(isLate ? Cause.STALLED : Cause.UNREACHABLE,
                url.host() + ":" + url.port() + " gave no answer: " + Reasons.of(failure),
                isWhole ? Optional.empty() : Optional.of(url.encodedPath())));
    }

    /** What an answer says; empty when the registry works. What it does not implement (501) is not wrong. */
    static Optional<Failure> of(int status, HttpUrl url) {
        return status < 500 || status == 501
                ? Optional.empty()
                : Optional.of(new Failure(Cause.SERVER_ERROR, url.host() + ":" + url.port() + " answered " + status,
                        Optional.of(url.encodedPath())));
    }

    /** Whether it failed before anything was asked, though an idle connection may have been tried before. */
    private static boolean isOfConnecting(IOException failure) {
        return failure instanceof UnknownHostException || failure instanceof ConnectException
                || failure instanceof NoRouteToHostException || failure instanceof SSLException;
    }
}
