package dev.freshet.proxy.http;

import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.route.RequestHead;
import dev.freshet.proxy.route.RequestHead.Query;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The reading of request heads; it refuses a head that could be read in two ways. */
final class Requests {

    /**
     * The most that a head may hold. Undertow refuses twice as much with a 400 without a body, and offers no other
     * answer; to give the 431 of RFC 6585 to all, it would have to keep heads of any size until they have ended.
     */
    static final int MAX_HEAD_BYTES = 32 * 1024;
    static final int MAX_HEADERS = 100;

    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private Requests() {}

    /** The part of the head that routing needs, of one that is not refused. */
    static RequestHead head(HttpServerExchange exchange) {
        RequestTarget target = RequestTarget.parse(exchange.getRequestURI()).orElseThrow();
        Authority authority = target.authority().orElseGet(() -> hostHeader(exchange));
        return new RequestHead(exchange.getRequestMethod().toString(), target.path(), namespace(exchange),
                authority.host(), authority.port(), new Query(parameter(exchange, "n"), parameter(exchange, "last"),
                        parameter(exchange, "artifactType")),
                accept(exchange));
    }

    private static Authority hostHeader(HttpServerExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.HOST)).flatMap(Authority::parse)
                .orElse(Authority.NONE);
    }

    /** Whether it is a GET or a HEAD; methods are case-sensitive (RFC 9110, section 9.1). */
    static boolean isRead(HttpServerExchange exchange) {
        String method = exchange.getRequestMethod().toString();
        return method.equals("GET") || method.equals("HEAD");
    }

    /** Whether the client says that it takes no more answers on the connection (RFC 9112, section 9.6). */
    static boolean isLast(HttpServerExchange exchange) {
        HeaderValues lines = exchange.getRequestHeaders().get(Headers.CONNECTION);
        return lines != null && lines.stream().flatMap(line -> Stream.of(line.split(",", -1)))
                .anyMatch(option -> option.strip().equalsIgnoreCase("close"));
    }

    /**
     * Refuses a request whose end is in doubt, one that reads but announces a body, one that names no host
     * or several or is not meant for HTTP, and one with too large a head (RFC 9112, sections 3.2 and 6.3; RFC 6585,
     * section 5). The connection must be closed after it.
     */
    static Optional<OciError> refusal(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getRequestHeaders();
        if (headers.size() > MAX_HEADERS || bytes(exchange) > MAX_HEAD_BYTES) {
            return Optional.of(new OciError(431, ErrorCode.UNSUPPORTED, "request refused: its head is larger than "
                    + MAX_HEAD_BYTES + " bytes or has more than " + MAX_HEADERS + " fields"));
        }
        HeaderValues codings = headers.get(Headers.TRANSFER_ENCODING);
        HeaderValues lengths = headers.get(Headers.CONTENT_LENGTH);
        if (!isFramed(exchange)) {
            return Optional.of(bad("request refused: its " + (codings == null ? "Content-Length" : "Transfer-Encoding")
                    + " leaves in doubt where it ends"));
        }
        boolean hasBody = codings != null || (lengths != null && !lengths.getFirst().equals("0"));
        if (hasBody && isRead(exchange)) {
            return Optional.of(bad("request refused: it announces a body, and nothing here takes one"));
        }
        HeaderValues hosts = headers.get(Headers.HOST);
        if (hosts != null && hosts.size() > 1) {
            return Optional.of(bad("request refused: it has several Host headers; send one"));
        }
        if (hosts == null && exchange.isHttp11()) {
            return Optional.of(bad("request refused: it has no Host header; send one"));
        }
        if (RequestTarget.parse(exchange.getRequestURI()).isEmpty()) {
            return Optional.of(bad("request refused: its target is no http or https URL with a host; send the path"));
        }
        return Optional.empty();
    }

    /** Whether the head leaves no doubt where the request ends (RFC 9112, section 6.3). */
    static boolean isFramed(HttpServerExchange exchange) {
        HeaderValues codings = exchange.getRequestHeaders().get(Headers.TRANSFER_ENCODING);
        HeaderValues lengths = exchange.getRequestHeaders().get(Headers.CONTENT_LENGTH);
        if (codings != null) {
            return lengths == null && codings.size() == 1 && codings.getFirst().equals("chunked");
        }
        return lengths == null || (lengths.size() == 1 && LENGTH.matcher(lengths.getFirst()).matches());
    }

    private static int bytes(HttpServerExchange exchange) {
        int bytes = exchange.getRequestURI().length() + exchange.getQueryString().length();
        for (HeaderValues values : exchange.getRequestHeaders()) {
            for (String value : values) {
                bytes += values.getHeaderName().length() + value.length();
            }
        }
        return bytes;
    }

    /** The first {@code ns} that is not empty, decoded; what cannot be decoded is left as it is and names nothing. */
    private static Optional<String> namespace(HttpServerExchange exchange) {
        return parameters(exchange, "ns").filter(namespace -> !namespace.isEmpty()).findFirst().map(Requests::decoded);
    }

    private static Optional<String> parameter(HttpServerExchange exchange, String name) {
        return parameters(exchange, name).findFirst().map(Requests::decoded);
    }

    private static Accept accept(HttpServerExchange exchange) {
        HeaderValues lines = exchange.getRequestHeaders().get(Headers.ACCEPT);
        return lines == null ? Accept.EVERYTHING : Accept.of(lines);
    }

    private static Stream<String> parameters(HttpServerExchange exchange, String name) {
        Deque<String> sent = exchange.getQueryParameters().get(name);
        return sent == null ? Stream.empty() : sent.stream();
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static OciError bad(String message) {
        return new OciError(400, ErrorCode.UNSUPPORTED, message);
    }

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
            return Optional.of(new Authority(
                    address == null ? matcher.group(2).replaceFirst("(?<=[^.])\\.$", "") : address,
                    port == null || port.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(port))));
        }
    }
}
