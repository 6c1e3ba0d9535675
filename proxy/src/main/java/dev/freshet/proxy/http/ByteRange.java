package dev.freshet.proxy.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code Range} header asks for (RFC 9110, section 14.2). A header that makes no sense, another unit, or several
 * ranges ask for the whole, as the specification allows.
 */
sealed interface ByteRange {

    /** Everything. */
    record Whole() implements ByteRange {}

    /**
     * A part.
     *
     * @param first position of its first byte
     * @param last position of its last byte, inclusive, never past the end
     */
    record Part(long first, long last) implements ByteRange {}

    /** Nothing that exists: it begins past the end. */
    record Unsatisfiable() implements ByteRange {}

    /** {@code first-}, {@code first-last} or {@code -suffix}. */
    Pattern GRAMMAR = Pattern.compile("bytes=\\s*(\\d*)-(\\d*)\\s*", Pattern.CASE_INSENSITIVE);

    /**
     * Reads the header.
     *
     * @param header as sent; null when it was not
     * @param length of the whole, in bytes
     */
    static ByteRange of(@Nullable String header, long length) {
        Matcher matcher = GRAMMAR.matcher(header == null ? "" : header);
        if (!matcher.matches()) {
            return new Whole();
        }
        String first = matcher.group(1);
        String last = matcher.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? new Whole() : suffix(number(last), length);
        }
        long from = number(first);
        long to = last.isEmpty() ? Long.MAX_VALUE : number(last);
        if (to < from) {
            return new Whole();
        }
        return from >= length ? new Unsatisfiable() : new Part(from, Math.min(to, length - 1));
    }

    private static ByteRange suffix(long count, long length) {
        if (count == 0 || length == 0) {
            return new Unsatisfiable();
        }
        return new Part(Math.max(0, length - count), length - 1);
    }

    /** The number, or the largest there is when it is larger. */
    private static long number(String digits) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > 18 ? Long.MAX_VALUE : Long.parseLong(significant);
    }
}
