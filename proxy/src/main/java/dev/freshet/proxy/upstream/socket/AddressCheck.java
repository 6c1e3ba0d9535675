package dev.freshet.proxy.upstream.socket;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Decides on an address just before it is connected. */
@FunctionalInterface
public interface AddressCheck {

    /** Takes every address. */
    AddressCheck ANY = address -> {};

    /**
     * Lets an address pass, which is resolved.
     *
     * @throws IOException if it must not be connected
     */
    void check(InetSocketAddress address) throws IOException;
}
