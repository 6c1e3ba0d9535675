package dev.freshet.proxy.upstream.document;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page of a list is (RFC 8288; OCI distribution spec 1.1, "Listing Tags"). Of the link, only the query is
 * used: the page is asked for at the same address as the first, so that no answer leads elsewhere. Registries behind another
 * server often do not know their own scheme, port and path.
 */
final class NextPage {

    /** A token, whose characters are those that registries use, or a quoted string (RFC 9110, sections 5.6.2 and 5.6.4). */
    private static final String VALUE = "(\"(?:[^\"\\\\]|\\\\.)*+\"|[^\\s\",;<>]*+)";

    private static final Pattern TARGET = Pattern.compile("\\s*+(?:<([^<>]*+)>|([^\\s<>;,=?]*+\\?[^\\s<>;,]*+))\\s*+");
    private static final Pattern PARAMETER = Pattern
            .compile(";\\s*+(?:([^\\s\",;=<>]++)\\s*+(?:=\\s*+" + VALUE + "\\s*+)?)?");
    private static final Pattern SEPARATOR = Pattern.compile("[\\s,]*+");
    private static final int LONGEST = 8 * 1024;

    private NextPage() {}

    /**
     * A link of the header.
     *
     * @param target as it stands there
     * @param relation what the target is; empty when that is not said
     */
    private record Link(String target, Optional<String> relation) {

        /** Registries that give no relation give the next page, as all clients take it. */
        boolean isNext() {
            return relation
                    .map(words -> List.of(words.strip().toLowerCase(Locale.ROOT).split("\\s+", -1)).contains("next"))
                    .orElse(true);
        }
    }

    /**
     * The query of the next page, encoded; empty when this is the last one.
     *
     * @param asked where this page is
     * @param lines the {@code Link} header's
     * @param failed the beginning of a message
     * @throws UpstreamException if the link leads to another host, or is none, or cannot be understood: what was listed so far
     *             is then not known to be all
     */
    static Optional<String> of(HttpUrl asked, List<String> lines, String failed) throws UpstreamException {
        for (String line : lines) {
            for (Link link : links(line, failed)) {
                if (link.isNext()) {
                    return Optional.of(query(asked, link.target(), failed));
                }
            }
        }
        return Optional.empty();
    }

    /** The links of a line; a target of which only the brackets are missing is taken as it is when it has a query. */
    private static List<Link> links(String line, String failed) throws UpstreamException {
        List<Link> links = new ArrayList<>();
        int at = end(SEPARATOR, line, 0);
        while (at < line.length()) {
            Matcher target = TARGET.matcher(line).region(at, line.length());
            if (!target.lookingAt()) {
                throw notUnderstood(failed);
            }
            at = target.end();
            Optional<String> relation = Optional.empty();
            Matcher parameter = PARAMETER.matcher(line);
            while (parameter.region(at, line.length()).lookingAt()) {
                at = parameter.end();
                boolean isRelation = "rel".equalsIgnoreCase(parameter.group(1));
                relation = relation.isEmpty() && isRelation ? Optional.of(value(parameter)) : relation;
            }
            if (at < line.length() && line.charAt(at) != ',') {
                throw notUnderstood(failed);
            }
            links.add(new Link(target.group(1) == null ? target.group(2) : target.group(1), relation));
            at = end(SEPARATOR, line, at);
        }
        return links;
    }

    private static String value(Matcher parameter) {
        String value = parameter.group(2) == null ? "" : parameter.group(2);
        return value.startsWith("\"")
                ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1")
                : value;
    }

    private static int end(Pattern pattern, String line, int from) {
        Matcher matcher = pattern.matcher(line).region(from, line.length());
        return matcher.lookingAt() ? matcher.end() : from;
    }

    private static UpstreamException notUnderstood(String failed) {
        return new UpstreamException(FailureReason.BAD_ANSWER, failed
                + "the Link to its next page cannot be understood (RFC 8288), so that the list may go on; tell the registry's"
                + " operator");
    }

    private static String query(HttpUrl asked, String target, String failed) throws UpstreamException {
        @Nullable
        HttpUrl url = target.length() > LONGEST ? null : asked.resolve(target);
        if (url == null) {
            throw new UpstreamException(FailureReason.BAD_ANSWER,
                    failed + "the link to its next page is no http or https URL of up to "
                            + LONGEST + " characters");
        }
        if (!url.host().equals(asked.host())) {
            throw new UpstreamException(FailureReason.AGAINST_RULES, failed + "the link to its next page leads to "
                    + Reasons.shown(url.host()) + ", which is another host");
        }
        String query = url.encodedQuery();
        return query == null ? "" : query;
    }
}
