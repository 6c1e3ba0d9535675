package dev.freshet.proxy.upstream.call;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvents.RequestKind;
import dev.freshet.proxy.upstream.UpstreamEvents;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Rejected;
import dev.freshet.proxy.upstream.guard.CircuitBreaker;
import dev.freshet.proxy.upstream.guard.Permit;
import dev.freshet.proxy.upstream.redirect.AddressRefusedException;
import dev.freshet.proxy.upstream.redirect.RedirectRules.Verdict;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import dev.freshet.proxy.upstream.socket.ArrivedBytes;
import dev.freshet.proxy.upstream.socket.Reasons;
import dev.freshet.proxy.upstream.socket.UpstreamHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one request to a registry: within its limits and with authorisation to the registry itself, with an anonymous token
 * to another registry that it redirects to, without anything to its storage, and gives back the first answer that is no
 * redirect, with any status. While its circuit is open, a registry is not asked. At most two tries are made at a 401 by each account, and at most
 * {@value RedirectRules#MAX_HOPS} redirects are followed.
 */
public final class RegistryCalls {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryCalls.class);

    private static final int MAX_HEADERS = 500;
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Upstream upstream;
    private final UpstreamHttp http;
    private final RedirectRules rules;
    private final AccountCalls accounts;
    private final OtherRegistries others;
    private final CircuitBreaker breaker;
    private final UpstreamEvents events;
    private final Scheduler scheduler;

    public RegistryCalls(Upstream upstream, UpstreamHttp http, RedirectRules rules, AccountCalls accounts, CircuitBreaker breaker,
            OtherRegistries others, UpstreamEvents events, Scheduler scheduler) {
        this.upstream = upstream;
        this.http = http;
        this.rules = rules;
        this.accounts = accounts;
        this.others = others;
        this.breaker = breaker;
        this.events = events;
        this.scheduler = scheduler;
    }

    /**
     * A request before it is authorised.
     *
     * @param what what is attempted, for messages: {@code GET of blob ...}
     * @param kind for metrics
     * @param repositoryName whose pull scope it needs
     * @param request method, address and headers, without {@code Authorization}
     * @param patience how long the whole answer may take; empty for bodies that take as long as they take
     */
    public record RegistryRequest(String what, RequestKind kind, String repositoryName, Request request, Optional<Duration> patience) {

        public String scope() {
            return "repository:" + repositoryName + ":pull";
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
    }

    /** Who gives an answer. */
    public enum Source {
        /** The registry itself. */
        REGISTRY,
        /** Another registry, to which it redirects. */
        OTHER_REGISTRY,
        /** Its storage, or another server that it redirects to. */
        STORAGE
    }

    /**
     * An answer; its receiver closes it.
     *
     * @param response its head, and its body still to be read
     * @param call what to cancel when the body is not wanted any more
     * @param source who gave it
     * @param arrived tells how much of the body has come already
     * @param heldOff how long the registry does not want to be asked for things of this kind; zero when it has not refused
     */
    public record Reply(Response response, Call call, Source source, ArrivedBytes arrived, Duration heldOff)
            implements
                AutoCloseable {

        /** The same answer, after which the registry is left alone for so long. */
        Reply heldOff(Duration wait) {
            return new Reply(response, call, source, arrived, wait);
        }

        /** The same answer, given by this one. */
        Reply by(Source giver) {
            return new Reply(response, call, giver, arrived, heldOff);
        }

        /** Whether a registry gave it, and not a storage. */
        public boolean fromRegistry() {
            return source != Source.STORAGE;
        }

        /** Lets go of it; the body of a success is cut off. */
        @Override
        public void close() {
            if (response.isSuccessful()) {
                call.cancel();
            }
            release();
        }

        /** Lets go of it; its connection serves again when little of the body is left. */
        public void release() {
            RegistryCalls.release(response);
        }
    }

    /**
     * Sends it and waits for the answer's head.
     *
     * @throws OriginException if there is no answer, or one that must not be followed
     */
    public Reply send(RegistryRequest ask) throws OriginException, InterruptedException {
        return send(ask, ask.request().url(), call -> {});
    }

    /**
     * Sends it to where an earlier one was redirected, or to the registry, and waits for the answer's head.
     *
     * @param to the address that is asked first
     * @param calls is shown each call that is made for it, before it is made
     */
    public Reply send(RegistryRequest ask, HttpUrl to, Consumer<Call> calls) throws OriginException, InterruptedException {
        Request request = ask.request().newBuilder().url(to).build();
        long began = scheduler.nanoTime();
        boolean hasLeft = !to.equals(ask.request().url());
        for (int hop = 0; hop <= RedirectRules.MAX_HOPS; hop++) {
            RegistryRequest left = ask.after(Duration.ofNanos(scheduler.nanoTime() - began));
            Reply reply = step(left, request, hasLeft, calls);
            if (!isRedirect(reply.response().code())) {
                return reply;
            }
            String location = reply.response().header("Location");
            release(reply.response());
            HttpUrl from = request.url();
            HttpUrl next = switch (rules.judge(from, location)) {
                case Verdict.Follow(HttpUrl url) -> url;
                case Verdict.Refuse(String reason, Optional<HttpUrl> trusting) ->
                    throw new UpstreamException(Kind.AGAINST_RULES,
                            failed(ask) + reason + trusting.map(this::wayToTrust).orElse(""));
            };
            request = request.newBuilder().url(next).build();
            hasLeft |= !rules.isRegistry(next);
        }
        throw new UpstreamException(Kind.AGAINST_RULES, failed(ask) + "it redirects more than " + RedirectRules.MAX_HOPS
                + " times");
    }

    /**
     * Sends it to the registry as it is, with no authorisation but its own, and follows nothing.
     *
     * @param calls is shown the call before it is made
     */
    public Reply sendBare(RegistryRequest ask, Consumer<Call> calls) throws OriginException, InterruptedException {
        try (Permit permit = enter(breaker, failed(ask), ask.request())) {
            return execute(ask, ask.request(), ask.kind(), Optional.of(permit), calls);
        }
    }

    /** The beginning of a message about this request's failure. */
    public String failed(RegistryRequest ask) {
        return ask.kind() == RequestKind.FOREIGN
                ? ask.what() + " failed: "
                : ask.what() + " from upstream " + upstream.name() + " failed: ";
    }

    /**
     * Asks at one address, with what may be shown there. Where a redirect leads back to the registry from elsewhere, its
     * credentials are for the repository that was asked for only: no storage opens another one with them.
     *
     * @param hasLeft whether another server has had a say in where this is
     */
    private Reply step(RegistryRequest ask, Request request, boolean hasLeft, Consumer<Call> calls)
            throws OriginException, InterruptedException {
        HttpUrl url = request.url();
        String repository = rules.repositoryAt(url).orElse("");
        if (rules.isRegistry(url)) {
            if (!hasLeft || repository.equals(ask.repositoryName())) {
                return authorized(ask, request, calls);
            }
            if (!repository.isEmpty()) {
                throw new UpstreamException(Kind.AGAINST_RULES,
                        failed(ask) + "a redirect leads back to the registry, to "
                                + "repository " + Reasons.shown(repository)
                                + ", which was not asked for; pull from that one");
            }
        }
        if (repository.isEmpty()) {
            return bare(ask, request, calls);
        }
        return rules.isOtherRegistry(url)
                ? atOther(ask.in(repository), request, calls)
                : atStranger(ask, request, repository, calls);
    }

    private Reply atOther(RegistryRequest ask, Request request, Consumer<Call> calls)
            throws OriginException, InterruptedException {
        HttpUrl url = request.url();
        OtherRegistries.Other other = others.at(url);
        String failed = failed(ask) + "at " + RedirectRules.authority(url) + ", to which it redirects: ";
        try (Permit permit = enter(other.breaker(), failed, request)) {
            return other.accounts().send(ask, failed, permit::answered, authorization -> {
                Reply reply = execute(ask, withAuthorization(request, authorization), ask.kind(), Optional.of(permit),
                        calls);
                if (reply.response().code() == 401 && !wantsToken(reply)) {
                    reply.release();
                    permit.answered();
                    throw new UpstreamException(Kind.UNAUTHORIZED,
                            failed + "401, it wants a user name and a password" + OtherRegistries.advice(url));
                }
                return reply;
            }).by(Source.OTHER_REGISTRY);
        }
    }

    /** A host that looks like a registry and was not named is asked like a storage; a document that it sends counts as a registry's. */
    private Reply atStranger(RegistryRequest ask, Request request, String repository, Consumer<Call> calls)
            throws OriginException, InterruptedException {
        Reply reply = bare(ask, request, calls);
        if (reply.response().code() == 401 && wantsToken(reply)) {
            reply.release();
            throw new UpstreamException(Kind.AGAINST_RULES, failed(ask) + RedirectRules.authority(request.url())
                    + ", to which it redirects, wants a token of its own for repository " + repository
                    + wayToAuthorize(request.url()));
        }
        return ask.kind() == RequestKind.BLOB ? reply : reply.by(Source.OTHER_REGISTRY);
    }

    private static boolean wantsToken(Reply reply) {
        return reply.response().challenges().stream().anyMatch(of -> of.scheme().equalsIgnoreCase("Bearer"));
    }

    private Reply authorized(RegistryRequest ask, Request request, Consumer<Call> calls)
            throws OriginException, InterruptedException {
        try (Permit permit = enter(breaker, failed(ask), request)) {
            return accounts.send(ask, failed(ask), permit::answered, authorization -> execute(ask,
                    withAuthorization(request, authorization), ask.kind(), Optional.of(permit), calls));
        }
    }

    /** Held back before a token is fetched, too: the token would be of no use. */
    private static Permit enter(CircuitBreaker breaker, String failed, Request request) throws UpstreamException {
        return switch (breaker.tryAcquire(request.url().encodedPath())) {
            case Permit permit -> permit;
            case Rejected rejected -> throw UpstreamException.heldBack(failed, rejected);
        };
    }

    private Reply bare(RegistryRequest ask, Request request, Consumer<Call> calls) throws OriginException, InterruptedException {
        RequestKind kind = ask.kind() == RequestKind.FOREIGN ? RequestKind.FOREIGN : RequestKind.STORAGE;
        return execute(ask, request, kind, Optional.empty(), calls);
    }

    /** @param permit told what comes of it, unless that is a 401; present for registries only */
    private Reply execute(RegistryRequest ask, Request request, RequestKind kind, Optional<Permit> permit, Consumer<Call> calls)
            throws OriginException, InterruptedException {
        ArrivedBytes arrived = new ArrivedBytes();
        Call call = http.call(request.newBuilder().tag(ArrivedBytes.class, arrived).build(), rules.isTrusted(request.url()));
        ask.patience().ifPresent(patience -> UpstreamHttp.bounded(call, patience));
        calls.accept(call);
        long began = scheduler.nanoTime();
        Response response;
        try {
            response = call.execute();
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException(failed(ask) + "interrupted").initCause(e);
            }
            permit.ifPresent(of -> Troubles.of(e, call, arrived, kind).ifPresent(of::failed));
            events.unanswered(upstream.name(), kind, Duration.ofNanos(scheduler.nanoTime() - began));
            throw unanswered(ask, request.url(), e);
        }
        permit.filter(of -> response.code() != 401)
                .ifPresent(of -> Troubles.of(response.code(), request.url()).ifPresentOrElse(of::failed, of::answered));
        events.answered(upstream.name(), kind, response.code(), Duration.ofNanos(scheduler.nanoTime() - began));
        return withFewHeaders(ask, new Reply(response, call, permit.isPresent() ? Source.REGISTRY : Source.STORAGE, arrived,
                Duration.ZERO));
    }

    private Reply withFewHeaders(RegistryRequest ask, Reply reply) throws UpstreamException {
        if (reply.response().headers().size() > MAX_HEADERS) {
            reply.close();
            throw new UpstreamException(Kind.BAD_ANSWER,
                    failed(ask) + "it came with more than " + MAX_HEADERS + " header fields");
        }
        return reply;
    }

    private UpstreamException unanswered(RegistryRequest ask, HttpUrl url, IOException e) {
        if (AddressRefusedException.isCauseOf(e)) {
            return new UpstreamException(Kind.AGAINST_RULES, failed(ask) + RedirectRules.authority(url)
                    + " is at no public address" + (rules.repositoryAt(url).isPresent()
                            ? wayToAuthorize(url)
                            : wayToTrust(url)),
                    e, null);
        }
        return UpstreamException.broken(failed(ask) + Reasons.withoutQuery(url) + " gave no answer: " + Reasons.of(e), e);
    }

    private String wayToTrust(HttpUrl url) {
        return "; if it is this upstream's own storage, add it to its redirect-hosts: "
                + rules.lineThatTrusts(upstream.name().value(), url);
    }

    private String wayToAuthorize(HttpUrl url) {
        return "; if this upstream's content is there, add it to its manifest-hosts: "
                + rules.lineThatAuthorizes(upstream.name().value(), url);
    }

    /** Lets go of an answer; OkHttp cannot count what is left of one with a negative length, which is then cut off. */
    private static void release(Response response) {
        try {
            response.close();
        } catch (IllegalArgumentException e) {
            LOG.debug("close of an answer failed: {}", e.getMessage());
        }
    }

    private static Request withAuthorization(Request request, Optional<String> authorization) {
        return authorization.map(value -> request.newBuilder().header("Authorization", value).build())
                .orElse(request);
    }

    private static boolean isRedirect(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }
}
