package dev.freshet.proxy.http;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The authority that a request names: a host, and perhaps a port (RFC 9110, section 7.2). It is looked up and never dialled.
 *
 * @param host as sent, an IPv6 address without brackets; empty when none is named
 * @param port empty when none is named
 */
record Authority(String host, OptionalInt port) {

    /** The authority of a request that names none. */
    static final Authority NONE = new Authority("", OptionalInt.empty());

    private static final Pattern FORM = Pattern.compile("(?:\\[([^\\]]*)\\]|([^:@\\[\\]]*))(?::(\\d{0,5}))?");

    /**
     * Reads {@code host} or {@code host:port}; empty if it is anything else, as with user information. A dot at the end of
     * a name says that it is complete (RFC 3986, section 3.2.2), as all are here.
     */
    static Optional<Authority> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String address = matcher.group(1);
        String port = matcher.group(3);
        return Optional.of(new Authority(address == null ? matcher.group(2).replaceFirst("(?<=[^.])\\.$", "") : address,
                port == null || port.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(port))));
    }
}
