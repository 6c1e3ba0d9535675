package dev.freshet.config.unit;

import dev.freshet.config.unit.HostPort.HostGrammar;
import dev.freshet.config.unit.HostPort.HostGrammar.Authority;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * A host with any port, {@code auth.docker.io}, or with one port, {@code 10.0.0.7:9000}.
 *
 * @param host a lower-case name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535; empty covers every port
 */
public record HostRule(String host, OptionalInt port) {

    public HostRule {
        host = host.toLowerCase(Locale.ROOT);
        if (!HostGrammar.isHost(host) || port.orElse(1) < 1 || port.orElse(1) > 65_535) {
            throw invalid(host + (port.isPresent() ? ":" + port.getAsInt() : ""));
        }
    }

    /**
     * Reads {@code host} or {@code host:port}, IPv6 addresses in brackets.
     *
     * @throws InvalidValueException if it is anything else
     */
    public static HostRule parse(String text) {
        Authority authority = HostGrammar.parse(text).filter(a -> a.port() != 0).orElseThrow(() -> invalid(text));
        return new HostRule(authority.host(),
                authority.port() == Authority.NO_PORT ? OptionalInt.empty() : OptionalInt.of(authority.port()));
    }

    /**
     * Whether the rule covers a host and port.
     *
     * @param host in any case, an IPv6 address without brackets
     * @param port 1 to 65535
     */
    public boolean covers(String host, int port) {
        return this.host.equals(host.toLowerCase(Locale.ROOT)) && this.port.orElse(port) == port;
    }

    /** Whether both rules cover a common host and port. */
    public boolean overlaps(HostRule other) {
        return host.equals(other.host)
                && (port.isEmpty() || other.port.isEmpty() || port.getAsInt() == other.port.getAsInt());
    }

    /** The rule as {@link #parse} reads it. */
    @Override
    public String toString() {
        return new Authority(host, port.orElse(Authority.NO_PORT)).toString();
    }

    private static InvalidValueException invalid(String text) {
        return new InvalidValueException(text,
                "is not a host: use host or host:port, without a scheme, such as storage.example.com or 10.0.0.7:9000");
    }
}
