package dev.freshet.config.unit;

import dev.freshet.config.unit.HostPort.HostGrammar.Authority;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /** The syntax of hosts: a name, an IPv4 address, or an IPv6 address in brackets, with an optional port. */
    static final class HostGrammar {

        private static final Pattern AUTHORITY = Pattern
                .compile("(\\[[0-9a-fA-F:.]+]|[^\\[\\]:/@\\s]+)(?::([0-9]{1,5}))?");
        private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_](?:[a-zA-Z0-9._-]*[a-zA-Z0-9_])?");
        private static final Pattern DOTTED_NUMBERS = Pattern.compile("[0-9.]+");
        private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
        private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");

        private HostGrammar() {}

        /**
         * A host, IPv6 addresses without their brackets, and its port.
         *
         * @param port 0 to 65535, or {@link #NO_PORT}
         */
        record Authority(String host, int port) {

            static final int NO_PORT = -1;

            @Override
            public String toString() {
                String written = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
                return port == NO_PORT ? written : written + ":" + port;
            }
        }

        /** Reads {@code host} or {@code host:port}; empty when it is neither. */
        static Optional<Authority> parse(String text) {
            Matcher matcher = AUTHORITY.matcher(text);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            String host = matcher.group(1);
            boolean bracketed = host.startsWith("[");
            String bare = bracketed ? host.substring(1, host.length() - 1) : host;
            int port = matcher.group(2) == null ? Authority.NO_PORT : Integer.parseInt(matcher.group(2));
            return (bracketed ? isIpv6(bare) : isHost(bare)) && port <= 65_535
                    ? Optional.of(new Authority(bare, port))
                    : Optional.empty();
        }

        /** Whether this is a host name, an IPv4 address, or an IPv6 address without brackets. */
        static boolean isHost(String host) {
            if (host.indexOf(':') >= 0) {
                return isIpv6(host);
            }
            if (DOTTED_NUMBERS.matcher(host).matches()) {
                return IPV4.matcher(host).matches();
            }
            return host.length() <= 253 && NAME.matcher(host).matches() && !host.contains("..");
        }

        private static boolean isIpv6(String host) {
            try {
                return host.indexOf(':') >= 0 && host.matches("[0-9a-fA-F:.]+")
                        && InetAddress.getByName("[" + host + "]") != null;
            } catch (UnknownHostException e) {
                return false;
            }
        }
    }
}
