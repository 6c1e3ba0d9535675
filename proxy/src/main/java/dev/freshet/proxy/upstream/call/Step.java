package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.auth.Accounts.Account;
import dev.freshet.proxy.upstream.call.RegistryClient.Server;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Permit;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Request;

/** One step on the way of a request: does its part, and passes the request on to the steps after it, once or more. */
interface Step {

    /**
     * Sends a request, and waits for the answer's head.
     *
     * @param next the steps after this one
     * @throws OriginException if there is no answer, or one that must not be followed
     */
    Reply send(Attempt attempt, Chain next) throws OriginException, InterruptedException;

    /** The steps that are still before a request. */
    record Chain(List<Step> steps) {

        public Chain {
            steps = List.copyOf(steps);
        }

        Reply proceed(Attempt attempt) throws OriginException, InterruptedException {
            return steps.getFirst().send(attempt, new Chain(steps.subList(1, steps.size())));
        }
    }

    /**
     * One request on its way through the steps, each of which adds what it has decided.
     *
     * @param ask what is asked for, in which time
     * @param request what is sent next, and where to
     * @param failed the beginning of a message about its failure
     * @param observer is shown each call that is made for it, before it is made
     * @param hasLeft whether another server has had a say in where this is
     * @param server the registry that it goes to; empty for storage, which is shown nothing
     * @param permit by that registry's circuit breaker
     * @param account by which that registry is asked
     */
    record Attempt(RegistryRequest ask, Request request, String failed, Consumer<Call> observer, boolean hasLeft,
            Optional<Server> server, Optional<Permit> permit, Optional<Account> account) {

        /** One at its beginning. */
        Attempt(RegistryRequest ask, Request request, String failed, Consumer<Call> observer, boolean hasLeft) {
            this(ask, request, failed, observer, hasLeft, Optional.empty(), Optional.empty(), Optional.empty());
        }

        HttpUrl url() {
            return request.url();
        }

        /** At another address, or with what is left of its time. */
        Attempt at(RegistryRequest left, Request next, boolean leaves) {
            return new Attempt(left, next, failed, observer, leaves, server, permit, account);
        }

        /** To a registry, for a repository there. */
        Attempt to(Server registry, RegistryRequest there) {
            return new Attempt(there, request, failed, observer, hasLeft, Optional.of(registry), permit, account);
        }

        Attempt with(Permit granted) {
            return new Attempt(ask, request, failed, observer, hasLeft, server, Optional.of(granted), account);
        }

        Attempt as(Account one) {
            return new Attempt(ask, request, failed, observer, hasLeft, server, permit, Optional.of(one));
        }

        /** @param authorization the header's value; empty for none */
        Attempt showing(Optional<String> authorization) {
            return authorization.isEmpty()
                    ? this
                    : new Attempt(ask, request.newBuilder().header("Authorization", authorization.get()).build(),
                            failed,
                            observer, hasLeft, server, permit, account);
        }

        /** The beginning of a message about its failure at the registry that it goes to. */
        String failedThere() {
            return server.filter(Server::isOther).isPresent()
                    ? failed + "at " + RedirectRules.authority(url()) + ", to which it redirects: "
                    : failed;
        }
    }
}
