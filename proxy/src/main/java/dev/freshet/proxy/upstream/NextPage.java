package dev.freshet.proxy.upstream;

import dev.freshet.proxy.upstream.UpstreamException.Kind;
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

    private static final Pattern LINKS = Pattern.compile(",(?=\\s*<)");
    private static final Pattern RELATION = Pattern.compile(";\\s*rel\\s*=\\s*\"?([^\";]*)");
    private static final int LONGEST = 8 * 1024;

    private NextPage() {}

    /**
     * The query of the next page, encoded; empty when this is the last one.
     *
     * @param asked where this page is
     * @param lines the {@code Link} header's
     * @param failed the beginning of a message
     * @throws UpstreamException if the link leads to another host, or is none
     */
    static Optional<String> of(HttpUrl asked, List<String> lines, String failed) throws UpstreamException {
        for (String line : lines) {
            for (String untrimmed : LINKS.split(line, -1)) {
                String link = untrimmed.strip();
                int end = link.indexOf('>');
                if (link.startsWith("<") && end > 0 && isNext(link.substring(end))) {
                    return Optional.of(query(asked, link.substring(1, end), failed));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isNext(String parameters) {
        Matcher relation = RELATION.matcher(parameters.toLowerCase(Locale.ROOT));
        return relation.find() && List.of(relation.group(1).strip().split("\\s+", -1)).contains("next");
    }

    private static String query(HttpUrl asked, String target, String failed) throws UpstreamException {
        @Nullable
        HttpUrl url = target.length() > LONGEST ? null : asked.resolve(target);
        if (url == null) {
            throw new UpstreamException(Kind.BAD_ANSWER,
                    failed + "the link to its next page is no http or https URL of up to "
                            + LONGEST + " characters");
        }
        if (!url.host().equals(asked.host())) {
            throw new UpstreamException(Kind.AGAINST_RULES, failed + "the link to its next page leads to "
                    + Reasons.shown(url.host()) + ", which is another host");
        }
        String query = url.encodedQuery();
        return query == null ? "" : query;
    }
}
