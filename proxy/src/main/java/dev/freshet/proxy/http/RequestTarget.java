package dev.freshet.proxy.http;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The target in a request's first line: a path, or a whole URL, as for a forward proxy. A URL's host counts, and the
 * {@code Host} header does not (RFC 9112, section 3.2.2).
 *
 * @param path as sent, without the query; {@code /} for a URL that has none
 * @param authority of the URL, with the port that its scheme stands for if it names none; empty when it is a path
 */
record RequestTarget(String path, Optional<Authority> authority) {

    private static final Pattern URL = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*)://([^/]*)(.*)", Pattern.DOTALL);
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /** Reads it, without its query; empty if it is a URL of another scheme than http and https, or names no host. */
    static Optional<RequestTarget> parse(String text) {
        if (text.startsWith("/")) {
            return Optional.of(new RequestTarget(text, Optional.empty()));
        }
        Matcher url = URL.matcher(text);
        if (!url.matches()) {
            return Optional.of(new RequestTarget(text, Optional.empty()));
        }
        String path = url.group(3).isEmpty() ? "/" : url.group(3);
        return port(url.group(1))
                .flatMap(usual -> Authority.parse(url.group(2)).filter(named -> !named.host().isEmpty())
                        .map(named -> new Authority(named.host(), OptionalInt.of(named.port().orElse(usual)))))
                .map(authority -> new RequestTarget(path, Optional.of(authority)));
    }

    private static Optional<Integer> port(String scheme) {
        if (scheme.equalsIgnoreCase("http")) {
            return Optional.of(HTTP_PORT);
        }
        return scheme.equalsIgnoreCase("https") ? Optional.of(HTTPS_PORT) : Optional.empty();
    }
}
