package dev.freshet.proxy.upstream.call;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Rejected;
import dev.freshet.proxy.upstream.guard.Failure;
import dev.freshet.proxy.upstream.guard.Permit;

import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvents;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.RegistryCalls.RegistryRequest;
import dev.freshet.proxy.upstream.call.RegistryCalls.Reply;
import dev.freshet.proxy.upstream.guard.AccountName;
import dev.freshet.proxy.upstream.guard.RateLimit;
import dev.freshet.proxy.upstream.guard.RateLimitBucket;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.guard.RetryAfter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import okhttp3.Response;

/**
 * Sees to it that one registry is asked within its limits: no call leaves that it does not want, and what its answers say
 * of its limits is kept. Only answers of the registry itself say anything.
 */
public final class CallLimits {

    private final Upstream upstream;
    private final RateLimits limits;
    private final UpstreamEvents events;
    private final InstantSource clock;

    public CallLimits(Upstream upstream, RateLimits limits, UpstreamEvents events, InstantSource clock) {
        this.upstream = upstream;
        this.limits = limits;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Takes a permit for one call.
     *
     * @param failed the beginning of a message about its failure
     * @throws UpstreamException without a call, while the registry does not want it
     */
    Permit permit(AccountName account, RegistryRequest ask, String failed) throws UpstreamException {
        RateLimitBucket kind = counted(ask);
        return switch (limits.tryAcquire(account, kind)) {
            case Permit permit -> permit;
            case Rejected rejected -> throw UpstreamException.heldOff(failed, "the registry", kind.words(), rejected);
        };
    }

    /** Notes what an answer says, and, when it is a refusal, adds for how long calls of its kind are held off. */
    public Reply noted(AccountName account, RegistryRequest ask, Permit permit, Reply reply) {
        Response response = reply.response();
        RateLimit.of(response.header("ratelimit-limit"), response.header("ratelimit-remaining")).ifPresent(reading -> {
            limits.read(account, reading);
            events.limited(upstream.name(), limits);
        });
        Duration stated = RetryAfter.of(response.header("Retry-After"), response.header("Date"), clock.instant())
                .orElse(Duration.ZERO);
        Optional<Failure> refusal = refusal(response.code(), stated);
        if (refusal.isEmpty()) {
            permit.answered();
            return reply;
        }
        Duration wait = permit.failed(refusal.get(), stated);
        events.limited(upstream.name(), limits);
        events.heldOff(upstream.name(), account + " was answered " + response.code() + "; " + counted(ask).words()
                + " is held off for " + RetryAfter.inSeconds(wait));
        return reply.heldOff(wait);
    }

    /** Whether an answer asks to be left alone; 503 does so only when it says for how long. */
    private static Optional<Failure> refusal(int status, Duration stated) {
        return switch (status) {
            case 429 -> Optional.of(Failure.tooManyRequests());
            case 503 -> stated.isPositive() ? Optional.of(Failure.unavailable()) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** What a call counts as. */
    public static RateLimitBucket counted(RegistryRequest ask) {
        return switch (ask.kind()) {
            case MANIFEST -> ask.request().method().equals("HEAD") ? RateLimitBucket.MANIFEST_HEADS : RateLimitBucket.MANIFEST_GETS;
            case TAGS, REFERRERS -> RateLimitBucket.LISTS;
            case BLOB, STORAGE, TOKEN, FOREIGN -> RateLimitBucket.BLOBS;
        };
    }
}
