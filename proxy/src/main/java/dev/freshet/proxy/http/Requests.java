package dev.freshet.proxy.http;

import dev.freshet.proxy.error.ErrorCode;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.route.RequestHead;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a request's head, and refuses what could be read in two ways. */
final class Requests {

    private static final Pattern HOST = Pattern.compile("(?:\\[([^\\]]*)\\]|([^:\\[\\]]*))(?::(\\d{1,5}))?");

    private Requests() {}

    /** The part of the head that routing needs. */
    static RequestHead head(HttpServerExchange exchange) {
        Deque<String> namespaces = exchange.getQueryParameters().get("ns");
        Matcher host = HOST.matcher(String.valueOf(exchange.getRequestHeaders().getFirst(Headers.HOST)));
        boolean named = host.matches();
        String name = named ? Objects.requireNonNullElse(host.group(1), host.group(2)) : "";
        String port = named ? host.group(3) : null;
        return new RequestHead(exchange.getRequestMethod().toString(), path(exchange),
                Optional.ofNullable(namespaces).map(Deque::peekFirst).filter(namespace -> !namespace.isEmpty()), name,
                port == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(port)));
    }

    /**
     * Refuses a request whose end is in doubt, because a body is announced where none belongs, or which names no host or
     * several (RFC 9112, sections 3.2 and 6.3). The connection must be closed after it.
     */
    static Optional<OciError> refusal(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getRequestHeaders();
        if (headers.contains(Headers.TRANSFER_ENCODING)) {
            return Optional.of(bad("request refused: Transfer-Encoding is not taken, as nothing here takes a body"));
        }
        HeaderValues lengths = headers.get(Headers.CONTENT_LENGTH);
        if (lengths != null && !(lengths.size() == 1 && lengths.getFirst().equals("0"))) {
            return Optional.of(bad("request refused: it announces a body, and nothing here takes one"));
        }
        HeaderValues hosts = headers.get(Headers.HOST);
        if (hosts != null && hosts.size() > 1) {
            return Optional.of(bad("request refused: it has several Host headers; send one"));
        }
        if (hosts == null && exchange.isHttp11()) {
            return Optional.of(bad("request refused: it has no Host header; send one"));
        }
        return Optional.empty();
    }

    private static OciError bad(String message) {
        return new OciError(400, ErrorCode.UNSUPPORTED, message);
    }

    /** The path as sent; of an absolute URL, what follows the host. */
    private static String path(HttpServerExchange exchange) {
        String uri = exchange.getRequestURI();
        if (!exchange.isHostIncludedInRequestURI()) {
            return uri;
        }
        int scheme = uri.indexOf("://");
        int slash = scheme < 0 ? -1 : uri.indexOf('/', scheme + 3);
        return slash < 0 ? "/" : uri.substring(slash);
    }
}
