package dev.freshet.testbed.wire;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A single byte range of a request (RFC 9110, section 14.1.2).
 *
 * @param first the first position; negative for the last {@code -first} bytes
 * @param last the last position, inclusive
 */
record ByteRange(long first, long last) {

    private static final Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** The range that is asked for; empty for none, for several and for what is not one. */
    static Optional<ByteRange> of(Request request) {
        Optional<Matcher> matcher = request.header("Range").map(SINGLE::matcher).filter(Matcher::matches);
        if (matcher.isEmpty() || matcher.get().group().equals("bytes=-")) {
            return Optional.empty();
        }
        String from = matcher.get().group(1);
        String to = matcher.get().group(2);
        if (from.isEmpty()) {
            return Optional.of(new ByteRange(-Long.parseLong(to), Long.MAX_VALUE));
        }
        long last = to.isEmpty() ? Long.MAX_VALUE : Long.parseLong(to);
        return last < Long.parseLong(from) ? Optional.empty() : Optional.of(new ByteRange(Long.parseLong(from), last));
    }

    /** The part of a complete answer: 206, or 416 if there is none. */
    Reply of(Reply whole) {
        long size = whole.content().length();
        long from = first < 0 ? Math.max(0, size + first) : first;
        if (from >= size) {
            return Reply.empty(416, whole.headers().with("Content-Range", "bytes */" + size));
        }
        long to = Math.min(last, size - 1);
        return new Reply(206, whole.headers().with("Content-Range", "bytes " + from + "-" + to + "/" + size),
                whole.content().slice(from, to - from + 1));
    }
}
