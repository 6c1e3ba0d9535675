package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.auth.Accounts;
import dev.freshet.proxy.upstream.auth.ConfiguredAccounts;
import dev.freshet.proxy.upstream.auth.TokenCalls;
import dev.freshet.proxy.upstream.guard.CircuitBreaker;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import dev.freshet.proxy.upstream.socket.UpstreamHttp;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The means by which one registry is asked, shared by all requests to it: connections, accounts, circuit breakers and rate
 * limits. Safe for use by several threads.
 */
public final class RegistryClient implements AutoCloseable {

    private final Upstream upstream;
    private final Consumer<Event> events;
    private final InstantSource clock;
    private final Scheduler scheduler;
    private final UpstreamHttp http;
    private final RateLimits limits;
    private final Server own;
    private final OtherRegistries others;

    /**
     * @param readTimeout how long a connection may be silent
     * @param tokenTimeout how long one answer of a token server may take
     * @param executor runs token fetches and credential commands, unbounded
     * @throws IOException if the upstream's CA file cannot be used
     */
    public RegistryClient(Upstream upstream, Duration readTimeout, Duration tokenTimeout, Consumer<Event> events,
            InstantSource clock, Scheduler scheduler, Executor executor) throws IOException {
        this.upstream = upstream;
        this.events = events;
        this.clock = clock;
        this.scheduler = scheduler;
        this.http = new UpstreamHttp(upstream.caFile(), readTimeout);
        this.limits = new RateLimits(scheduler::nanoTime, scheduler::random);
        Upstream asked = upstream.credentials().isEmpty() ? upstream.anonymous() : upstream;
        ConfiguredAccounts accounts = new ConfiguredAccounts(asked, limits, executor, clock, scheduler::nanoTime);
        CircuitBreaker tokenBreaker = breaker();
        this.own = new Server(breaker(), tokenBreaker,
                accounts.own(tokenBreaker, tokenCalls(asked, tokenTimeout), events), false);
        this.others = new OtherRegistries(accounts, tokenCalls(upstream.anonymous(), tokenTimeout), this::breaker);
    }

    /**
     * A registry that requests go to: the upstream itself, or another one that it redirects to.
     *
     * @param breaker before requests to it
     * @param tokenBreaker before requests to its token server
     * @param accounts by which it is asked
     * @param isOther whether it is another one, which is asked anonymously
     */
    record Server(CircuitBreaker breaker, CircuitBreaker tokenBreaker, Accounts accounts, boolean isOther) {}

    /** Calls to the registry. */
    public RegistryCalls calls() {
        return calls(upstream.redirects());
    }

    /** Calls to the URLs of foreign layers, which are shown no credentials, also where they are the registry's own. */
    public RegistryCalls foreignCalls() {
        return calls(RedirectRules.withoutRegistry(upstream.redirectHosts()));
    }

    private RegistryCalls calls(RedirectRules rules) {
        return new RegistryCalls(upstream.name(), http, rules, own, others, limits, events, clock, scheduler);
    }

    public RateLimits limits() {
        return limits;
    }

    /** The configured accounts, by which the registry itself is asked. */
    public Accounts accounts() {
        return own.accounts();
    }

    /** How the registry, its token server and those that it redirects to are, as far as is known; asks none. */
    public Health health() {
        return Stream.concat(Stream.of(own.breaker(), own.tokenBreaker()), others.breakers())
                .map(CircuitBreaker::health).filter(health -> health.state() != Health.State.CLOSED).findFirst()
                .orElseGet(own.breaker()::health);
    }

    @Override
    public void close() {
        http.close();
    }

    private TokenCalls tokenCalls(Upstream asked, Duration timeout) {
        return new TokenCalls(asked, http, events, clock, scheduler, timeout);
    }

    private CircuitBreaker breaker() {
        return CircuitBreaker.ofFailures(clock, scheduler::nanoTime, scheduler::random,
                health -> events.accept(new UpstreamEvent.HealthChanged(upstream.name(), health)));
    }
}
