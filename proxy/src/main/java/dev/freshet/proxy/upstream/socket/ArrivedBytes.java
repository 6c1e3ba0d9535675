package dev.freshet.proxy.upstream.socket;

import java.io.IOException;
import java.net.Socket;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether more of an answer's body has arrived already. Bodies come out of OkHttp 8 KiB at a time; with this, what
 * has come is taken together, and what has not is never waited for. It is a tag of the request, filled in by {@link
 * Listener} when the request gets its connection.
 */
public final class ArrivedBytes {

    private volatile @Nullable Socket socket;

    /** Notes the connection of each request that wants to know. */
    static final class Listener implements Interceptor {

        @Override
        public Response intercept(Chain chain) throws IOException {
            Request request = chain.request();
            ArrivedBytes arrived = request.tag(ArrivedBytes.class);
            Connection connection = chain.connection();
            if (arrived != null && connection != null) {
                arrived.socket = connection.socket();
            }
            return chain.proceed(request);
        }
    }

    /** Whether its request has got a connection, though it may have broken since. */
    public boolean isConnected() {
        return socket != null;
    }

    /** Whether a read of this body would return at once; may say no when it would. */
    public boolean hasMore(BufferedSource body) throws IOException {
        Socket from = socket;
        return !body.getBuffer().exhausted() || (from != null && from.getInputStream().available() > 0);
    }
}
