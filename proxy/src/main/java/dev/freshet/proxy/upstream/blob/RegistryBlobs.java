package dev.freshet.proxy.upstream.blob;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.blob.BlobAnswer.ContentRange;
import dev.freshet.proxy.upstream.blob.Downloads.RequestedRange;
import dev.freshet.proxy.upstream.call.RegistryCalls;
import dev.freshet.proxy.upstream.call.RegistryRequest;
import dev.freshet.proxy.upstream.call.Reply;
import dev.freshet.proxy.upstream.call.ResponseClassifier;
import dev.freshet.proxy.upstream.call.RetriedCalls;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The blobs of one registry.
 *
 * @param retried the same calls, for small answers
 * @param clock that signed URLs are compared with
 */
public record RegistryBlobs(Upstream upstream, RegistryCalls calls, RetriedCalls retried, Downloads downloads,
        InstantSource clock) {

    /** One blob; all its downloads share what is found out about its storage. */
    public Source source(Repository repository, Digest digest) {
        return new Source(request(upstream, repository, digest, Optional.empty()), new StorageLocation(clock));
    }

    /** Where one blob comes from. */
    public final class Source {

        private final RegistryRequest whole;
        private final StorageLocation location;

        private Source(RegistryRequest whole, StorageLocation location) {
            this.whole = whole;
            this.location = location;
        }

        /**
         * Begins a download.
         *
         * @param isForMore whether some of the blob was sent before
         */
        public Transfer open(ByteRange wanted, boolean isForMore) throws OriginException, InterruptedException {
            return downloads.open(wanted, isForMore, (call, nth) -> new BlobCalls(calls, whole, location,
                    upstream.name(), downloads.events(), clock, call, nth > 0));
        }
    }

    /** Asks for one byte of a blob, for its length; empty when the answer does not say. */
    public OptionalLong probe(Repository repository, Digest digest, Duration patience)
            throws OriginException, InterruptedException {
        RegistryRequest ask = firstByte(upstream, repository, digest, patience);
        return retried.judged(ask, reply -> length(reply, ask));
    }

    /** A request for the first byte of a blob: HEAD is refused by some storages. */
    public static RegistryRequest firstByte(Upstream upstream, Repository repository, Digest digest,
            Duration patience) {
        RegistryRequest whole = request(upstream, repository, digest, Optional.of(patience));
        return whole.with(whole.request().newBuilder().header("Range", "bytes=0-0").build());
    }

    private static RegistryRequest request(Upstream upstream, Repository repository, Digest digest,
            Optional<Duration> patience) {
        Request request = new Request.Builder()
                .url(upstream.endpoint(repository.name(), "blobs", digest.toString())).build();
        return new RegistryRequest("GET of blob " + repository + "@" + digest, RequestKind.BLOB, repository.name(),
                request, patience);
    }

    private OptionalLong length(Reply reply, RegistryRequest ask) throws UpstreamException {
        Response response = reply.response();
        String failed = calls.failed(ask);
        return switch (response.code()) {
            case 200 -> BlobAnswer.of(response, RequestedRange.WHOLE, OptionalLong.empty(), failed).total();
            case 206 -> ContentRange.totalOf(response);
            case 416 -> {
                // Only an empty blob has no first byte.
                OptionalLong total = ContentRange.totalOfNone(response.header("Content-Range"));
                if (!total.equals(OptionalLong.of(0))) {
                    throw ResponseClassifier.refusal(failed, reply, clock);
                }
                yield total;
            }
            default -> throw ResponseClassifier.refusal(failed, reply, clock);
        };
    }
}
