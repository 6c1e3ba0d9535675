package dev.freshet.proxy.upstream.blob;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.blob.Downloads.RequestedRange;
import dev.freshet.proxy.upstream.call.StatedLength;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Where an answer's body stands in the blob.
 *
 * @param total the blob's length in bytes; empty when the answer does not say
 * @param end position behind the last byte that is in the body; empty when the answer does not say
 * @param skip how many of the body's first bytes are not wanted; after a 416, the body is none of the blob's
 * @param isWhole whether the body is all of the blob
 */
public record BlobAnswer(OptionalLong total, OptionalLong end, long skip, boolean isWhole) {

    /**
     * Reads an answer's head.
     *
     * @param known the blob's length as an earlier answer stated it
     * @param failed the beginning of the message
     * @throws UpstreamException if the body would not fit to what is there
     */
    public static BlobAnswer of(Response response, RequestedRange asked, OptionalLong known, String failed)
            throws UpstreamException {
        if (response.code() == 416) {
            return nothing(response, asked, known, failed);
        }
        StatedLength.requireIdentity(response, failed);
        if (isHtml(response.header("Content-Type"))) {
            throw bad(failed, "a web page came instead");
        }
        return response.code() == 206
                ? partial(response, asked, known, failed)
                : whole(response, asked, known, failed);
    }

    private static BlobAnswer whole(Response response, RequestedRange asked, OptionalLong known, String failed)
            throws UpstreamException {
        OptionalLong total = StatedLength.of(response, failed);
        if (total.isPresent() && known.isPresent() && !total.equals(known)) {
            throw bad(failed, "its length was " + known.getAsLong() + " and is now " + total.getAsLong());
        }
        return new BlobAnswer(total, total, asked.wanted().from(), true);
    }

    private static BlobAnswer partial(Response response, RequestedRange asked, OptionalLong known, String failed)
            throws UpstreamException {
        String header = response.header("Content-Range");
        ContentRange range = ContentRange.parse(header)
                .orElseThrow(() -> bad(failed, "a 206 came without a Content-Range that makes sense"));
        OptionalLong total = range.total().isPresent() ? range.total() : known;
        long end = Math.min(asked.wanted().to(), total.orElse(ByteRange.END));
        boolean isWanted = range.first() == asked.wanted().from() && range.last() == end - 1;
        if (!isWanted || (known.isPresent() && !total.equals(known))) {
            throw bad(failed, asked.words() + " asked for, and " + Reasons.shown(String.valueOf(header)) + " came");
        }
        return new BlobAnswer(total, OptionalLong.of(end), 0, false);
    }

    /** No byte is there from the position on (RFC 9110, section 15.5.17), so that all is known already, or too much. */
    private static BlobAnswer nothing(Response response, RequestedRange asked, OptionalLong known, String failed)
            throws UpstreamException {
        String header = response.header("Content-Range");
        OptionalLong total = ContentRange.totalOfNone(header);
        if (total.isEmpty() || total.getAsLong() > asked.wanted().from()
                || (known.isPresent() && !total.equals(known))) {
            throw bad(failed, asked.words() + " asked for, and 416 came with "
                    + (header == null ? "no Content-Range" : Reasons.shown(header)));
        }
        return new BlobAnswer(total, total, 0, false);
    }

    private static boolean isHtml(@Nullable String contentType) {
        return contentType != null && contentType.regionMatches(true, 0, "text/html", 0, "text/html".length());
    }

    private static UpstreamException bad(String failed, String how) {
        return new UpstreamException(FailureReason.BAD_ANSWER, failed + how);
    }

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

        /** The whole length as a 206 states it; empty when it does not. */
        public static OptionalLong totalOf(Response response) {
            return parse(response.header("Content-Range")).map(ContentRange::total).orElse(OptionalLong.empty());
        }

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
}
