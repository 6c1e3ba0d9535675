package dev.freshet.proxy.cli;

import dev.freshet.config.unit.HostPort;
import dev.freshet.config.unit.InvalidValueException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** Where a port of a running Freshet is: as it was given, or on this machine, where the configuration says. */
final class PortUrl {

    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::");

    private PortUrl() {}

    /**
     * On this machine.
     *
     * @param listen where it is listened on
     */
    static URI of(HostPort listen) {
        String host = WILDCARDS.contains(listen.host()) ? "localhost" : listen.host();
        return URI.create("http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + listen.port());
    }

    /** What was given; empty, after the reason was printed, when it cannot be used. */
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
