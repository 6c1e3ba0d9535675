package dev.freshet.proxy.http;

import dev.freshet.cache.name.Digest;
import dev.freshet.proxy.range.RangeSet;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The conditions of a request, by what the client already has (RFC 9110, section 13.1); entity tags are digests. Dates are
 * ignored, as no content has one (sections 13.1.3 and 13.1.4).
 */
final class Conditions {

    /** The decision on a request that would be answered with content. */
    enum Decision {

        /** It is answered. */
        ANSWERED,
        /** The client has the content already: 304. */
        NOT_MODIFIED,
        /** The content is not what the client wants it to be: 412. */
        FAILED
    }

    private static final Pattern ENTITY_TAG = Pattern.compile("(?:W/)?\"([^\"]*)\"");

    private Conditions() {}

    /**
     * Evaluates {@code If-Match}, and then {@code If-None-Match} (RFC 9110, section 13.2.2), of a GET or HEAD.
     *
     * @param digest of the content; empty for content that has no entity tag, which only {@code *} matches
     */
    static Decision judge(HeaderMap headers, Optional<Digest> digest) {
        HeaderValues required = headers.get(Headers.IF_MATCH);
        if (required != null && required.stream().noneMatch(line -> isAny(line) || lists(line, digest, true))) {
            return Decision.FAILED;
        }
        HeaderValues known = headers.get(Headers.IF_NONE_MATCH);
        return known != null && known.stream().anyMatch(line -> isAny(line) || lists(line, digest, false))
                ? Decision.NOT_MODIFIED
                : Decision.ANSWERED;
    }

    private static boolean isAny(String line) {
        return line.strip().equals("*");
    }

    /** The ranges of the {@code Range} header; the whole when {@code If-Range} names other content, or the header comes twice. */
    static RangeSet ranges(HeaderMap headers, Digest digest) {
        HeaderValues lines = headers.get(Headers.RANGE);
        String ifRange = headers.getFirst(Headers.IF_RANGE);
        boolean applies = ifRange == null || ifRange.strip().equals("\"" + digest + "\"");
        return applies && lines != null && lines.size() == 1 ? RangeSet.of(lines.getFirst()) : RangeSet.WHOLE;
    }

    /** @param strongly whether weak tags match nothing (RFC 9110, section 8.8.3.2) */
    private static boolean lists(String line, Optional<Digest> digest, boolean strongly) {
        Matcher tags = ENTITY_TAG.matcher(line);
        return digest.isPresent() && tags.results().filter(tag -> !strongly || !tag.group().startsWith("W/"))
                .anyMatch(tag -> tag.group(1).equals(digest.get().toString()));
    }
}
