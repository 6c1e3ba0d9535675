package dev.freshet.proxy.upstream.call;

import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvents;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.RegistryCalls.RegistryRequest;
import dev.freshet.proxy.upstream.call.RegistryCalls.Reply;
import dev.freshet.proxy.upstream.guard.AccountName;
import dev.freshet.proxy.upstream.guard.RateLimit;
import dev.freshet.proxy.upstream.guard.RateLimitBucket;
import dev.freshet.proxy.upstream.guard.RateLimits.Entry;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.guard.Refusal;
import dev.freshet.proxy.upstream.guard.RetryAfter;
import dev.freshet.proxy.upstream.guard.Turn;
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
     * Takes leave for one call.
     *
     * @param failed the beginning of a message about its failure
     * @throws UpstreamException without a call, while the registry does not want it
     */
    public Turn enter(AccountName account, RegistryRequest ask, String failed) throws UpstreamException {
        RateLimitBucket kind = counted(ask);
        return switch (limits.enter(account, kind)) {
            case Entry.Admitted(Turn turn) -> turn;
            case Entry.HeldOff(Duration left, Refusal why) -> throw heldOff(kind, failed, left, why);
        };
    }

    private static UpstreamException heldOff(RateLimitBucket kind, String failed, Duration left, Refusal why) {
        Kind failure = switch (why) {
            case TOO_MANY_REQUESTS -> Kind.RATE_LIMITED;
            case UNAVAILABLE -> Kind.SERVER_ERROR;
        };
        return UpstreamException.heldOff(failure, failed + "the registry has answered " + why.status() + ", and "
                + kind.words() + " is held off; try again in " + RetryAfter.inSeconds(left), left);
    }

    /** Notes what an answer says, and, when it is a refusal, adds for how long calls of its kind are held off. */
    public Reply noted(AccountName account, RegistryRequest ask, Turn turn, Reply reply) {
        Response response = reply.response();
        RateLimit.of(response.header("ratelimit-limit"), response.header("ratelimit-remaining")).ifPresent(reading -> {
            limits.read(account, reading);
            events.limited(upstream.name(), limits);
        });
        Duration stated = RetryAfter.of(response.header("Retry-After"), response.header("Date"), clock.instant())
                .orElse(Duration.ZERO);
        Optional<Refusal> refusal = refusal(response.code(), stated);
        if (refusal.isEmpty()) {
            turn.answered();
            return reply;
        }
        Duration wait = turn.refused(refusal.get(), stated);
        events.limited(upstream.name(), limits);
        events.heldOff(upstream.name(), account + " was answered " + response.code() + "; " + counted(ask).words()
                + " is held off for " + RetryAfter.inSeconds(wait));
        return reply.heldOff(wait);
    }

    /** Whether an answer asks to be left alone; 503 does so only when it says for how long. */
    private static Optional<Refusal> refusal(int status, Duration stated) {
        return switch (status) {
            case 429 -> Optional.of(Refusal.TOO_MANY_REQUESTS);
            case 503 -> stated.isPositive() ? Optional.of(Refusal.UNAVAILABLE) : Optional.empty();
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
