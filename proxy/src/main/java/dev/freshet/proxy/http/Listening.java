package dev.freshet.proxy.http;

import io.undertow.Undertow;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Binds servers, with an error that says which option to change. */
public final class Listening {

    private Listening() {}

    /**
     * Starts a server.
     *
     * @param option that gives the address
     * @throws IOException if the address cannot be bound
     */
    public static void start(Undertow server, InetSocketAddress address, String option) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("listen on " + address.getHostString() + " failed: the name has no address; correct `"
                    + option + "`");
        }
        try {
            server.start();
        } catch (RuntimeException e) {
            if (e.getCause() instanceof IOException cause) {
                throw new IOException("listen on " + address.getHostString() + ":" + address.getPort() + " failed: "
                        + cause.getMessage() + "; end what uses it, or choose another `" + option + "`", cause);
            }
            throw e;
        }
    }
}
