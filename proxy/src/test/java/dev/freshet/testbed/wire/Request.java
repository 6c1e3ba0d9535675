package dev.freshet.testbed.wire;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request as it came in.
 *
 * @param method such as {@code GET}
 * @param target the request target, undecoded, with its query
 * @param headers the fields of its head
 * @param body what came behind it, as text; empty for none
 */
public record Request(String method, String target, Headers headers, String body) {

    /** One without a body. */
    public Request(String method, String target, Headers headers) {
        this(method, target, headers, "");
    }

    /**
     * One parameter of the query.
     *
     * @param name decoded
     * @param value decoded
     */
    public record Parameter(String name, String value) {}

    /** The target up to its query, undecoded. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** What follows the question mark, undecoded; empty without one. */
    public String query() {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    /** The parameters of the query in their order. */
    public List<Parameter> parameters() {
        return parameters(query());
    }

    /** The first field of this name in a form ({@code application/x-www-form-urlencoded}). */
    public Optional<String> field(String name) {
        return parameters(body).stream().filter(p -> p.name().equals(name)).map(Parameter::value).findFirst();
    }

    private static List<Parameter> parameters(String text) {
        List<Parameter> parameters = new ArrayList<>();
        for (String pair : text.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                parameters.add(new Parameter(decode(name), decode(value)));
            }
        }
        return parameters;
    }

    /** The first parameter of this name. */
    public Optional<String> parameter(String name) {
        return parameters().stream().filter(p -> p.name().equals(name)).map(Parameter::value).findFirst();
    }

    /** The first header field of this name. */
    public Optional<String> header(String name) {
        return headers.first(name);
    }

    /** The same request without this header field. */
    public Request withoutHeader(String name) {
        return new Request(method, target, headers.without(name), body);
    }

    /** Whether the answer carries no body. */
    public boolean isHead() {
        return method.equals("HEAD");
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
