package dev.freshet.config.unit;

import dev.freshet.config.unit.HostGrammar.Authority;

/**
 * An address to listen on: {@code 0.0.0.0:5000}, {@code [::1]:5001}, {@code localhost:5000}.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port 0 to 65535; 0 takes any free port
 */
public record HostPort(String host, int port) {

    public HostPort {
        if (!HostGrammar.isHost(host) || port < 0 || port > 65_535) {
            throw invalid(host + ":" + port);
        }
    }

    /**
     * Reads {@code host:port}, IPv6 addresses in brackets.
     *
     * @throws InvalidValueException if it is anything else
     */
    public static HostPort parse(String text) {
        return HostGrammar.parse(text)
                .filter(authority -> authority.port() != Authority.NO_PORT)
                .map(authority -> new HostPort(authority.host(), authority.port()))
                .orElseThrow(() -> invalid(text));
    }

    /** The address as {@link #parse} reads it. */
    @Override
    public String toString() {
        return new Authority(host, port).toString();
    }

    private static InvalidValueException invalid(String text) {
        return new InvalidValueException(text,
                "is not an address: use host:port, such as 0.0.0.0:5000 or [::1]:5000, with a port up to 65535");
    }
}
