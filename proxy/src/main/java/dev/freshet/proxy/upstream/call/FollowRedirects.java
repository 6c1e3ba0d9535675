package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.Step.Attempt;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import dev.freshet.proxy.upstream.redirect.RedirectRules.Verdict;
import java.time.Duration;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * The step that follows redirects, {@value RedirectRules#MAX_HOPS} at most, where the rules allow them; the answer is the
 * first that is none, with any status. All hops together may take the request's time.
 */
record FollowRedirects(RedirectRules rules, ConfigHint hint, Scheduler scheduler) implements Step {

    @Override
    public Reply send(Attempt attempt, Chain next) throws OriginException, InterruptedException {
        Request request = attempt.request();
        boolean hasLeft = attempt.hasLeft();
        long began = scheduler.nanoTime();
        for (int hop = 0; hop <= RedirectRules.MAX_HOPS; hop++) {
            RegistryRequest left = attempt.ask().after(Duration.ofNanos(scheduler.nanoTime() - began));
            Reply reply = next.proceed(attempt.at(left, request, hasLeft));
            if (!isRedirect(reply.response().code())) {
                return reply;
            }
            String location = reply.response().header("Location");
            reply.release();
            HttpUrl to = switch (rules.judge(request.url(), location)) {
                case Verdict.Follow(HttpUrl url) -> url;
                case Verdict.Refuse(String reason, Optional<HttpUrl> trusting) ->
                    throw new UpstreamException(FailureReason.AGAINST_RULES,
                            attempt.failed() + reason + trusting.map(hint::toTrust).orElse(""));
            };
            request = request.newBuilder().url(to).build();
            hasLeft |= !rules.isRegistry(to);
        }
        throw new UpstreamException(FailureReason.AGAINST_RULES,
                attempt.failed() + "it redirects more than " + RedirectRules.MAX_HOPS + " times");
    }

    private static boolean isRedirect(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }
}
