package dev.freshet.proxy.cli;

import dev.freshet.config.unit.HostPort;
import dev.freshet.config.unit.InvalidValueException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** The URL of a port of a running Freshet: as given, or on this machine as configured. */
final class PortUrl {

    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::");

    private PortUrl() {}

    /**
     * The URL of a port on this machine.
     *
     * @param listen configured address
     */
    static URI of(HostPort listen) {
        String host = WILDCARDS.contains(listen.host()) ? "localhost" : listen.host();
        return URI.create("http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + listen.port());
    }

    /** The given URL; empty, after the reason was printed, if it is not valid. */
    static Optional<URI> check(URI given, PrintWriter err) {
        boolean usable = given.getHost() != null
                && ("http".equals(given.getScheme()) || "https".equals(given.getScheme()))
                && given.getRawQuery() == null && given.getRawFragment() == null;
        if (!usable) {
            err.println("url " + InvalidValueException.shown(given.toString())
                    + " cannot be used: give http:// or https:// and a host, and no query");
            return Optional.empty();
        }
        return Optional.of(given);
    }
}
