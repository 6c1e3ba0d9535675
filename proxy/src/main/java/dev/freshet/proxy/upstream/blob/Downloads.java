package dev.freshet.proxy.upstream.blob;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.CancellableCall;
import dev.freshet.proxy.upstream.call.Hedges;
import dev.freshet.proxy.upstream.call.Reply;
import dev.freshet.proxy.upstream.guard.RetryBudget;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The downloads of blobs from one upstream, and what they share.
 *
 * @param stallTimeout how long each may make no progress, over all its attempts
 */
public record Downloads(RegistryHost upstream, Hedges hedges, Duration stallTimeout, Consumer<Event> events,
        Scheduler scheduler) {

    /** Makes the calls of each connection of a download. */
    @FunctionalInterface
    public interface Connections {

        /**
         * The attempts of one connection.
         *
         * @param call on which they are made
         * @param nth 0 for the download's first connection, 1 and more for those beside it
         */
        Attempts on(CancellableCall call, int nth);
    }

    /** Attempts to get bytes of a blob over one connection. */
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

    /**
     * Begins a download; returns when the first answer's head is there.
     *
     * @param isForMore whether some of the blob was sent before
     */
    public Transfer open(ByteRange wanted, boolean isForMore, Connections connections)
            throws OriginException, InterruptedException {
        RetryBudget budget = isForMore ? hedges.budgetForMore(stallTimeout) : hedges.budget(stallTimeout);
        return BlobDownload.open(this, wanted, connections, budget);
    }

    /** Waits for the first success, as {@link Hedges} says. */
    <T> T first(Hedges.Wait<T> wait) throws OriginException, InterruptedException {
        return hedges.first(Hedges.silence(stallTimeout), wait);
    }

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
}
