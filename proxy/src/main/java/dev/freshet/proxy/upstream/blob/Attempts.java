package dev.freshet.proxy.upstream.blob;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.Reply;
import org.jspecify.annotations.Nullable;

/** Attempts to get bytes of the blob. */
public interface Attempts {

    /**
     * Asks for them, and returns the answer: 200, or 206 or 416 when a range was asked for.
     *
     * @param failure of the attempt before; null for the first
     */
    Reply begin(RequestedRange asked, @Nullable UpstreamException failure)
            throws OriginException, InterruptedException;

    /** The beginning of a message about this blob's failure. */
    String failed();
}
