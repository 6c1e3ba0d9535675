package dev.freshet.proxy.upstream;

import dev.freshet.proxy.upstream.UpstreamException.Kind;
import java.util.OptionalLong;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Where an answer's body stands in the blob.
 *
 * @param total the blob's length in bytes; empty when the answer does not say
 * @param skip how many of the body's first bytes are known already; after a 416, the body is none of the blob's
 */
record BlobAnswer(OptionalLong total, long skip) {

    /**
     * Reads an answer's head.
     *
     * @param position the byte that was asked for; 0 when no range was
     * @param known the blob's length as an earlier answer stated it
     * @param failed the beginning of the message
     * @throws UpstreamException if the body would not fit to what is there
     */
    static BlobAnswer of(Response response, long position, OptionalLong known, String failed)
            throws UpstreamException {
        if (response.code() == 416) {
            return nothing(response, position, known, failed);
        }
        String encoding = response.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw bad(failed, "it came with Content-Encoding " + Reasons.shown(encoding) + ", which nobody asked for");
        }
        if (isHtml(response.header("Content-Type"))) {
            throw bad(failed, "a web page came instead");
        }
        return response.code() == 206
                ? partial(response, position, known, failed)
                : whole(response, position, known, failed);
    }

    private static BlobAnswer whole(Response response, long position, OptionalLong known, String failed)
            throws UpstreamException {
        OptionalLong total = StatedLength.of(response, failed);
        if (total.isPresent() && known.isPresent() && !total.equals(known)) {
            throw bad(failed, "its length was " + known.getAsLong() + " and is now " + total.getAsLong());
        }
        return new BlobAnswer(total, position);
    }

    private static BlobAnswer partial(Response response, long position, OptionalLong known, String failed)
            throws UpstreamException {
        String header = response.header("Content-Range");
        ContentRange range = ContentRange.parse(header)
                .orElseThrow(() -> bad(failed, "a 206 came without a Content-Range that makes sense"));
        OptionalLong total = range.total().isPresent() ? range.total() : known;
        boolean isRest = range.first() == position && total.isPresent() && range.last() == total.getAsLong() - 1;
        if (!isRest || (known.isPresent() && !total.equals(known))) {
            throw bad(failed, "byte " + position + " and all after it were asked for, and "
                    + Reasons.shown(String.valueOf(header)) + " came");
        }
        return new BlobAnswer(total, 0);
    }

    /** No byte is there from the position on (RFC 9110, section 15.5.17), so that all is known already, or too much. */
    private static BlobAnswer nothing(Response response, long position, OptionalLong known, String failed)
            throws UpstreamException {
        String header = response.header("Content-Range");
        OptionalLong total = ContentRange.totalOfNone(header);
        if (total.isEmpty() || total.getAsLong() > position || (known.isPresent() && !total.equals(known))) {
            throw bad(failed, "byte " + position + " and all after it were asked for, and 416 came with "
                    + (header == null ? "no Content-Range" : Reasons.shown(header)));
        }
        return new BlobAnswer(total, 0);
    }

    private static boolean isHtml(@Nullable String contentType) {
        return contentType != null && contentType.regionMatches(true, 0, "text/html", 0, "text/html".length());
    }

    private static UpstreamException bad(String failed, String how) {
        return new UpstreamException(Kind.BAD_ANSWER, failed + how);
    }
}
