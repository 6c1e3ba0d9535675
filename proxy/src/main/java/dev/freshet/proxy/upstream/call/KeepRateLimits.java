package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.Accounts.Account;
import dev.freshet.proxy.upstream.call.Step.Attempt;
import dev.freshet.proxy.upstream.call.TryAccounts.UnusableException;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Permit;
import dev.freshet.proxy.upstream.guard.Failure;
import dev.freshet.proxy.upstream.guard.RateLimit;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.guard.RateLimits.RateLimitBucket;
import dev.freshet.proxy.upstream.guard.RetryAfter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.Response;

/**
 * The step that keeps a registry's rate limits: no request leaves that the registry does not want of this account, and what
 * its answers say of the limits is noted. Only answers of a registry say anything.
 */
record KeepRateLimits(RegistryHost upstream, RateLimits limits, Consumer<Event> events, InstantSource clock)
        implements
            Step {

    @Override
    public Reply send(Attempt attempt, Chain next) throws OriginException, InterruptedException {
        if (attempt.account().isEmpty()) {
            return next.proceed(attempt);
        }
        Account account = attempt.account().get();
        RateLimitBucket bucket = attempt.ask().bucket();
        try (Permit permit = limits.tryAcquire(account.name(), bucket)
                .orElseThrow(rejected -> new UnusableException(UpstreamException.heldOff(attempt.failedThere(),
                        "the registry", bucket.words(), rejected)))) {
            return noted(account, bucket, permit, next.proceed(attempt));
        }
    }

    /** Notes what an answer says, and, when it is a refusal, adds for how long calls of its kind are held off. */
    private Reply noted(Account account, RateLimitBucket bucket, Permit permit, Reply reply) {
        Response response = reply.response();
        RateLimit.of(response.header("ratelimit-limit"), response.header("ratelimit-remaining")).ifPresent(limit -> {
            limits.read(account.name(), limit);
            events.accept(new UpstreamEvent.Limited(upstream, limits));
        });
        Duration stated = RetryAfter.of(response.header("Retry-After"), response.header("Date"), clock.instant())
                .orElse(Duration.ZERO);
        Optional<Failure> refusal = refusal(response.code(), stated);
        if (refusal.isEmpty()) {
            permit.answered();
            return reply;
        }
        Duration wait = permit.failed(refusal.get(), stated);
        events.accept(new UpstreamEvent.Limited(upstream, limits));
        events.accept(
                new UpstreamEvent.HeldOff(upstream, account + " was answered " + response.code() + "; " + bucket.words()
                        + " is held off for " + RetryAfter.inSeconds(wait)));
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
}
