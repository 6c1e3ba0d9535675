package dev.freshet.proxy.upstream;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.flight.BlobOrigin;
import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.flight.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.Extent;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.upstream.Absences.Wanted;
import dev.freshet.proxy.upstream.RegistryCalls.Ask;
import dev.freshet.proxy.upstream.RegistryCalls.Reply;
import dev.freshet.proxy.upstream.UpstreamEvents.RequestKind;
import dev.freshet.proxy.upstream.foreign.Deliveries;
import dev.freshet.proxy.upstream.foreign.ForeignRules;
import dev.freshet.proxy.upstream.health.Circuit;
import dev.freshet.proxy.upstream.health.Health;
import dev.freshet.proxy.upstream.health.RetryShare;
import dev.freshet.proxy.upstream.limit.RateLimits;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * One upstream registry, as the rest of Freshet uses it. What it has said a short while ago that it does not have, it is not
 * asked for again; while it fails again and again, it is asked by one probe at a time. All methods may be called by any thread and block.
 */
public final class Registry implements AutoCloseable {

    private static final Duration PROBE_PATIENCE = Duration.ofSeconds(14);

    private final Upstream upstream;
    private final UpstreamHttp http;
    private final RegistryCalls calls;
    private final RegistryCalls foreignCalls;
    private final Suspects suspects;
    private final Absences absences;
    private final RateLimits limits;
    private final ManifestCalls manifests;
    private final ListingCalls listings;
    private final UpstreamEvents events;
    private final InstantSource clock;
    private final Pace pace;
    private final Duration stallTimeout;
    private final Circuit circuit;
    private final Circuit tokenCircuit;
    private final RetryShare share;
    private final RetryShare foreignShare;

    /**
     * @param stallTimeout how long a download may make no progress, over all its attempts
     * @param negativeTtl how long it is not asked again for what it does not have; zero asks every time
     * @param executor runs token fetches and credential commands, unbounded
     * @throws IOException if the upstream's CA file cannot be used
     */
    public Registry(Upstream upstream, Duration stallTimeout, Duration negativeTtl, UpstreamEvents events,
            InstantSource clock, Pace pace, Executor executor) throws IOException {
        this.upstream = upstream;
        this.events = events;
        this.clock = clock;
        this.pace = pace;
        this.stallTimeout = stallTimeout;
        RedirectRules rules = new RedirectRules(upstream.url(), upstream.redirectHosts());
        this.http = new UpstreamHttp(upstream, readTimeout(stallTimeout));
        Ticker ticker = pace::nanoTime;
        this.limits = new RateLimits(ticker::read, pace::random);
        this.circuit = circuit();
        this.tokenCircuit = circuit();
        AccountCalls accounts = new AccountCalls(Registration.accounts(upstream, limits,
                new HeldTokens(upstream.name(), tokenCircuit,
                        new TokenCalls(upstream, http, events, clock, pace, readTimeout(stallTimeout))),
                executor, ticker), new CallLimits(upstream, limits, events, clock));
        this.share = new RetryShare(pace::nanoTime);
        this.foreignShare = new RetryShare(pace::nanoTime);
        this.calls = new RegistryCalls(upstream, http, rules, accounts, circuit, events, pace);
        this.foreignCalls = new RegistryCalls(upstream, http,
                RedirectRules.withoutRegistry(upstream.redirectHosts()), accounts, circuit, events, pace);
        this.suspects = new Suspects(ticker);
        this.absences = new Absences(upstream, negativeTtl, ticker);
        PatientCalls patient = new PatientCalls(upstream, calls, events, clock, pace, share);
        this.manifests = new ManifestCalls(upstream, patient);
        this.listings = new ListingCalls(upstream, patient, pace);
    }

    public Upstream upstream() {
        return upstream;
    }

    /** Whether it works, as far as is known from asking it, and whether its token server does; asks neither. */
    public Health health() {
        Health own = circuit.health();
        Health tokens = tokenCircuit.health();
        return own.state() == Health.State.CLOSED && tokens.state() != Health.State.CLOSED ? tokens : own;
    }

    /** What it has said of how much it may still be asked. */
    public RateLimits limits() {
        return limits;
    }

    /**
     * Fetches a manifest; by digest, only what has this digest is accepted.
     *
     * @param accept as which it is asked for; registries may answer with another type all the same
     */
    public FetchedManifest manifest(Repository repository, Reference reference, Accept accept)
            throws OriginException, InterruptedException {
        return absences.ask(manifestOf(repository, reference, accept),
                "GET of manifest " + new ImageReference(repository, reference),
                () -> manifests.get(repository, reference, accept, stallTimeout));
    }

    /**
     * Asks what a manifest is, without fetching it; empty when the answer does not hold the digest.
     *
     * @param accept as which it is asked for
     * @param patience how long it may take, tries and all
     */
    public Optional<ManifestHead> manifestHead(Repository repository, Reference reference, Accept accept,
            Duration patience)
            throws OriginException, InterruptedException {
        return absences.ask(manifestOf(repository, reference, accept),
                "HEAD of manifest " + new ImageReference(repository, reference),
                () -> manifests.head(repository, reference, accept,
                        patience.compareTo(stallTimeout) < 0 ? patience : stallTimeout));
    }

    /** Fetches all pages of the list of a repository's tags, as they come. */
    public List<byte[]> tagPages(Repository repository) throws OriginException, InterruptedException {
        return absences.ask(new Wanted(RequestKind.TAGS, repository, ""), "GET of the tags of " + repository,
                () -> listings.tags(repository, stallTimeout));
    }

    /** Fetches all pages of the list of what refers to a manifest, as they come. */
    public List<byte[]> referrerPages(Repository repository, Digest subject)
            throws OriginException, InterruptedException {
        return absences.ask(new Wanted(RequestKind.REFERRERS, repository, subject.toString()),
                "GET of the referrers of " + repository + "@" + subject,
                () -> listings.referrers(repository, subject, stallTimeout));
    }

    /** Where a blob comes from; all transfers of one share what is found out about its storage. */
    public BlobOrigin blob(Repository repository, Digest digest) {
        Ask ask = ask(repository, digest, "", Optional.empty());
        Whereabouts whereabouts = new Whereabouts(clock);
        Wanted blob = blobOf(repository, digest);
        return new BlobOrigin() {

            private volatile boolean found;

            @Override
            public Repository repository() {
                return repository;
            }

            @Override
            public Transfer open(Extent wanted) throws OriginException, InterruptedException {
                if (found) {
                    return download(wanted);
                }
                Transfer first = absences.ask(blob, ask.what(), () -> download(wanted));
                found = true;
                return first;
            }

            private Transfer download(Extent wanted) throws OriginException, InterruptedException {
                Line line = new Line();
                RetryBudget budget = found
                        ? RetryBudget.forMore(pace, stallTimeout, share)
                        : RetryBudget.forFirst(pace, stallTimeout, share);
                return BlobDownload.open(upstream.name(), wanted,
                        new BlobCalls(calls, ask, whereabouts, upstream.name(), events, clock, line), budget, events,
                        pace, line);
            }

            @Override
            public String toString() {
                return repository + "@" + digest;
            }
        };
    }

    /**
     * Where a blob comes from that the registry does not have: the first of these URLs that has it. They are shown no
     * credentials, also not when they are the registry's own.
     *
     * @param size bytes, as the manifest says
     * @param choice with at least one URL that may be asked
     * @param deliveries of this blob
     */
    public BlobOrigin foreign(Repository repository, Digest digest, long size, ForeignRules rules,
            ForeignRules.Choice choice, Deliveries deliveries) {
        ForeignCalls.Wanted wanted = new ForeignCalls.Wanted("GET of blob " + repository + "@" + digest,
                repository.name(), size, rules, choice.refused());
        return new ForeignOrigin(repository, digest, size, choice.allowed(), deliveries, suspects, (part, turns) -> {
            Line line = new Line();
            return BlobDownload.open(upstream.name(), part,
                    new ForeignCalls(foreignCalls, wanted, turns, upstream.name(), events, line),
                    RetryBudget.forFirst(pace, stallTimeout, foreignShare), events, pace, line);
        });
    }

    /**
     * Asks whether this repository holds a blob, for the price of one byte: HEAD is refused by some storages. Tries and all
     * take no longer than clients wait for a head.
     *
     * @return the blob's length in bytes; empty when the answer does not say
     */
    public OptionalLong probeBlob(Repository repository, Digest digest) throws OriginException, InterruptedException {
        return probeBlob(repository, digest, PROBE_PATIENCE);
    }

    /** As {@link #probeBlob(Repository, Digest)}, for so long. */
    public OptionalLong probeBlob(Repository repository, Digest digest, Duration patience)
            throws OriginException, InterruptedException {
        return absences.ask(blobOf(repository, digest), "GET of blob " + repository + "@" + digest,
                () -> probe(repository, digest, patience.compareTo(stallTimeout) < 0 ? patience : stallTimeout));
    }

    /** The failure of whoever asks for a blob that it has said a short while ago it does not have; empty otherwise. */
    public Optional<UpstreamException> absence(Repository repository, Digest digest) {
        return absences.find(blobOf(repository, digest), "GET of blob " + repository + "@" + digest);
    }

    private OptionalLong probe(Repository repository, Digest digest, Duration patience)
            throws OriginException, InterruptedException {
        Ask ask = ask(repository, digest, "bytes=0-0", Optional.of(patience));
        RetryBudget budget = RetryBudget.forFirst(pace, patience, share);
        long began = pace.nanoTime();
        while (true) {
            try (Reply reply = calls.send(ask.after(Duration.ofNanos(pace.nanoTime() - began)))) {
                Response response = reply.response();
                return switch (response.code()) {
                    case 200 -> BlobAnswer.of(response, Asked.WHOLE, OptionalLong.empty(), calls.failed(ask)).total();
                    case 206 -> ContentRange.parse(response.header("Content-Range")).map(ContentRange::total)
                            .orElse(OptionalLong.empty());
                    case 416 -> emptyOnly(response, ask, reply);
                    default -> throw Verdicts.refusal(calls.failed(ask), reply, clock);
                };
            } catch (UpstreamException e) {
                Optional<Duration> pause = e.isRetryable() ? budget.failed(e.retryAfter()) : Optional.empty();
                if (pause.isEmpty()) {
                    throw e;
                }
                pace.pause(pause.get());
            }
        }
    }

    /** No byte can be had of an empty blob; any other has a first one. */
    private OptionalLong emptyOnly(Response response, Ask ask, Reply reply) throws UpstreamException {
        if (!ContentRange.totalOfNone(response.header("Content-Range")).equals(OptionalLong.of(0))) {
            throw Verdicts.refusal(calls.failed(ask), reply, clock);
        }
        return OptionalLong.of(0);
    }

    @Override
    public void close() {
        http.close();
    }

    private Circuit circuit() {
        return new Circuit(clock, pace::nanoTime, pace::random,
                health -> events.healthChanged(upstream.name(), health));
    }

    private static Wanted manifestOf(Repository repository, Reference reference, Accept accept) {
        return new Wanted(RequestKind.MANIFEST, repository, reference + " as " + accept);
    }

    private static Wanted blobOf(Repository repository, Digest digest) {
        return new Wanted(RequestKind.BLOB, repository, digest.toString());
    }

    private Ask ask(Repository repository, Digest digest, String range, Optional<Duration> patience) {
        HttpUrl url = upstream.endpoint(repository.name(), "blobs", digest.toString());
        Request.Builder request = new Request.Builder().url(url);
        if (!range.isEmpty()) {
            request.header("Range", range);
        }
        return new Ask("GET of blob " + repository + "@" + digest, RequestKind.BLOB, repository.name(),
                request.build(), patience);
    }

    /**
     * Several silent connections must fit into one stall timeout, and two into the time that clients wait for a head, or
     * there would be no second attempt.
     */
    private static Duration readTimeout(Duration stallTimeout) {
        Duration third = stallTimeout.dividedBy(3);
        Duration longest = Duration.ofSeconds(7);
        return third.compareTo(longest) < 0 ? third : longest;
    }
}
