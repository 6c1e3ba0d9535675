package dev.freshet.proxy.upstream.call;

import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.guard.RateLimits.RateLimitBucket;
import java.time.Duration;
import java.util.Optional;
import okhttp3.Request;

/**
 * A request before it is authorised.
 *
 * @param what what is attempted, for messages: {@code GET of blob ...}
 * @param kind for metrics
 * @param repositoryName whose pull scope it needs
 * @param request method, address and headers, without {@code Authorization}
 * @param patience how long the whole answer may take; empty for bodies that take as long as they take
 */
public record RegistryRequest(String what, RequestKind kind, String repositoryName, Request request,
        Optional<Duration> patience) {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** The scope of the token that it needs (distribution's token authentication specification). */
    public String scope() {
        return "repository:" + repositoryName + ":pull";
    }

    /** The same as another request. */
    public RegistryRequest with(Request other) {
        return new RegistryRequest(what, kind, repositoryName, other, patience);
    }

    /** The same, for another repository. */
    RegistryRequest in(String name) {
        return new RegistryRequest(what, kind, name, request, patience);
    }

    /** What is left of it when so much time has passed. */
    RegistryRequest after(Duration elapsed) {
        return new RegistryRequest(what, kind, repositoryName, request, patience.map(whole -> {
            Duration left = whole.minus(elapsed);
            return left.compareTo(SHORTEST) > 0 ? left : SHORTEST;
        }));
    }

    /** What a registry counts it as. */
    RateLimitBucket bucket() {
        return switch (kind) {
            case MANIFEST -> request.method().equals("HEAD")
                    ? RateLimitBucket.MANIFEST_HEADS
                    : RateLimitBucket.MANIFEST_GETS;
            case TAGS, REFERRERS -> RateLimitBucket.LISTS;
            case BLOB, STORAGE, TOKEN, FOREIGN -> RateLimitBucket.BLOBS;
        };
    }
}
