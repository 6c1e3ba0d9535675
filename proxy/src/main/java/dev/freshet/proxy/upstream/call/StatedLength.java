package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import okhttp3.Response;

/**
 * How many bytes an answer says its body has (RFC 9110, section 8.6; RFC 9112, section 6.3). OkHttp takes the last of
 * several lengths, and none for one that is no number; here both are refused, as the body's end is in doubt.
 */
public final class StatedLength {

    /** The longest that is believed, in bytes. */
    static final long MOST = 1L << 50;

    private static final Pattern GRAMMAR = Pattern.compile("[0-9]{1,18}");

    private StatedLength() {}

    /** Refuses a body in an encoding, whose bytes would be others than those that were asked for. */
    public static void requireIdentity(Response response, String failed) throws UpstreamException {
        String encoding = response.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new UpstreamException(FailureReason.BAD_ANSWER, failed + "it came with Content-Encoding "
                    + Reasons.shown(encoding) + ", which the request did not ask for");
        }
    }

    /**
     * Reads {@code Content-Length}; empty when there is none, or when the body is chunked.
     *
     * @param failed the beginning of the message
     * @throws UpstreamException if it makes no sense
     */
    public static OptionalLong of(Response response, String failed) throws UpstreamException {
        List<String> stated = response.headers("Content-Length").stream().map(String::strip).distinct().toList();
        if (stated.isEmpty() || response.header("Transfer-Encoding") != null) {
            return OptionalLong.empty();
        }
        if (stated.size() > 1 || !GRAMMAR.matcher(stated.getFirst()).matches()
                || Long.parseLong(stated.getFirst()) > MOST) {
            throw new UpstreamException(FailureReason.BAD_ANSWER, failed + "it came with Content-Length "
                    + Reasons.shown(String.join(" and ", stated)) + ", which makes no sense");
        }
        return OptionalLong.of(Long.parseLong(stated.getFirst()));
    }
}
