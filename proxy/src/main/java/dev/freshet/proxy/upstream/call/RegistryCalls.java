package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.RegistryClient.Server;
import dev.freshet.proxy.upstream.call.Step.Attempt;
import dev.freshet.proxy.upstream.call.Step.Chain;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Permit;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import dev.freshet.proxy.upstream.socket.UpstreamHttp;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * Calls to one registry: each request goes through the same steps, and the answer is the first that is no redirect, with any
 * status. Its receiver turns it into a failure where it is one ({@link ResponseClassifier}), as that depends on what was
 * asked for.
 */
public final class RegistryCalls {

    private final RegistryHost upstream;
    private final Server own;
    private final Chain whole;
    private final Chain bare;

    /**
     * @param rules which addresses are registries', and which of them are shown something
     * @param own the registry itself
     */
    public RegistryCalls(RegistryHost upstream, UpstreamHttp http, RedirectRules rules, Server own,
            OtherRegistries others, RateLimits limits, Consumer<Event> events, InstantSource clock,
            Scheduler scheduler) {
        this.upstream = upstream;
        this.own = own;
        ConfigHint hint = new ConfigHint(rules, upstream);
        Step transmit = new Transmit(http, rules, hint, upstream, events, scheduler);
        this.whole = new Chain(List.of(
                new FollowRedirects(rules, hint, scheduler),
                new ChooseServer(rules, hint, own, others),
                new CheckBreaker(),
                new TryAccounts(),
                new KeepRateLimits(upstream, limits, events, clock),
                new Authorize(),
                transmit));
        this.bare = new Chain(List.of(new CheckBreaker(), transmit));
    }

    /**
     * Sends a request to where an earlier one was redirected, or to the registry, and waits for the answer's head.
     *
     * @param to the address that is asked first
     * @param observer is shown each call that is made for it, before it is made
     * @throws OriginException if there is no answer, or one that must not be followed
     */
    public Reply send(RegistryRequest ask, HttpUrl to, Consumer<Call> observer)
            throws OriginException, InterruptedException {
        Request request = ask.request().newBuilder().url(to).build();
        return whole.proceed(new Attempt(ask, request, failed(ask), observer, !to.equals(ask.request().url())));
    }

    /**
     * Sends a request to the registry as it is, with no authorisation but its own, and follows nothing.
     *
     * @param observer is shown the call before it is made
     */
    public Reply sendBare(RegistryRequest ask, Consumer<Call> observer) throws OriginException, InterruptedException {
        return bare.proceed(new Attempt(ask, ask.request(), failed(ask), observer, false).to(own, ask));
    }

    /** The beginning of a message about this request's failure. */
    public String failed(RegistryRequest ask) {
        return ask.kind() == RequestKind.FOREIGN
                ? ask.what() + " failed: "
                : ask.what() + " from upstream " + upstream + " failed: ";
    }

    /**
     * The step that asks no registry while its circuit is open. It comes before a token is fetched, which would be of no use then.
     */
    private record CheckBreaker() implements Step {

        @Override
        public Reply send(Attempt attempt, Chain next) throws OriginException, InterruptedException {
            if (attempt.server().isEmpty()) {
                return next.proceed(attempt);
            }
            try (Permit permit = attempt.server().get().breaker().tryAcquire(attempt.url().encodedPath())
                    .orElseThrow(rejected -> UpstreamException.heldBack(attempt.failedThere(), rejected))) {
                return next.proceed(attempt.with(permit));
            }
        }
    }
}
