package dev.freshet.proxy.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/** The binding of ports, with an error that says which option to change. */
public final class Listening {

    private Listening() {}

    /** A way to bind a port. */
    public interface Binding<T> {

        /**
         * Binds it.
         *
         * @throws RuntimeException whose cause says why, where there is no other way to say so
         */
        T bind() throws IOException;
    }

    /**
     * Binds a port.
     *
     * @param option that gives the address
     * @throws IOException if the address cannot be bound
     */
    public static <T> T on(InetSocketAddress address, String option, Binding<T> binding) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("listen on " + address.getHostString() + " failed: the name has no address; correct `"
                    + option + "`");
        }
        try {
            return binding.bind();
        } catch (IOException e) {
            throw failed(address, option, e);
        } catch (RuntimeException e) {
            if (e.getCause() instanceof IOException cause) {
                throw failed(address, option, cause);
            }
            throw e;
        }
    }

    /**
     * Fails if a port could not be bound now: before anything is made for what would listen there.
     *
     * @param option that gives the address
     */
    public static void requireFree(InetSocketAddress address, String option) throws IOException {
        on(address, option, () -> {
            try (ServerSocketChannel probe = ServerSocketChannel.open()) {
                return probe.setOption(StandardSocketOptions.SO_REUSEADDR, true).bind(address).isOpen();
            }
        });
    }

    private static IOException failed(InetSocketAddress address, String option, IOException cause) {
        return new IOException("listen on " + address.getHostString() + ":" + address.getPort() + " failed: "
                + cause.getMessage() + "; end what uses it, or choose another `" + option + "`", cause);
    }
}
