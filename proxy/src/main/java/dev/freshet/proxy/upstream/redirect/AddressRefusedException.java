package dev.freshet.proxy.upstream.redirect;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Says that a connection was not made because its address is not one of the public Internet. */
public final class AddressRefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    AddressRefusedException(InetSocketAddress address) {
        super("connect to " + address.getHostString() + ":" + address.getPort() + " refused: it is no public address");
    }

    /** Whether a connection was not made because its address is not public. */
    public static boolean isCauseOf(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AddressRefusedException) {
                return true;
            }
        }
        return false;
    }
}
