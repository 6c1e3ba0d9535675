package dev.freshet.proxy.upstream.blob;

import dev.freshet.cache.store.ByteRange;

/**
 * What one request asks of a blob.
 *
 * @param wanted the bytes that are wanted
 * @param isRange whether the request is for these only (RFC 9110, section 14.2); otherwise it is for the whole, of which
 *     the first bytes are skipped
 */
public record RequestedRange(ByteRange wanted, boolean isRange) {

    /** All of a blob. */
    public static final RequestedRange WHOLE = new RequestedRange(ByteRange.from(0), false);

    /** A range, or no range where all is wanted. */
    public static RequestedRange of(ByteRange wanted) {
        return new RequestedRange(wanted, wanted.from() > 0 || wanted.to() != ByteRange.END);
    }

    /** The value of {@code Range}. */
    public String header() {
        return "bytes=" + wanted;
    }

    /** The bytes in words, for messages. */
    public String words() {
        return wanted.to() == ByteRange.END
                ? "byte " + wanted.from() + " and all after it were"
                : "bytes " + wanted + " were";
    }
}
