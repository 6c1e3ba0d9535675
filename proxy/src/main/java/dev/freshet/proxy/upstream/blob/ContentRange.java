package dev.freshet.proxy.upstream.blob;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Content-Range: bytes first-last/total} (RFC 9110, section 14.4).
 *
 * @param first position of the first byte, from 0
 * @param last position of the last byte, inclusive
 * @param total the whole length in bytes; empty when sent as {@code *}
 */
public record ContentRange(long first, long last, OptionalLong total) {

    private static final Pattern GRAMMAR = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(?:(\\d{1,18})|\\*)");
    private static final Pattern NONE = Pattern.compile("bytes \\*/(\\d{1,18})");

    /** Reads the length from {@code bytes *}{@code /total}, as a 416 states it; empty when there is none. */
    public static OptionalLong totalOfNone(@Nullable String header) {
        Matcher matcher = NONE.matcher(header == null ? "" : header.strip());
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    /** Reads the header; empty when there is none or it makes no sense. */
    public static Optional<ContentRange> parse(@Nullable String header) {
        Matcher matcher = GRAMMAR.matcher(header == null ? "" : header.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long first = Long.parseLong(matcher.group(1));
        long last = Long.parseLong(matcher.group(2));
        String total = matcher.group(3);
        OptionalLong length = total == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(total));
        boolean sane = first <= last && (length.isEmpty() || last < length.getAsLong());
        return sane ? Optional.of(new ContentRange(first, last, length)) : Optional.empty();
    }
}
