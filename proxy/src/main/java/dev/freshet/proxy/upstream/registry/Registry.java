package dev.freshet.proxy.upstream.registry;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.catalog.Question;
import dev.freshet.cache.catalog.Resource;
import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvents;
import dev.freshet.proxy.upstream.UpstreamEvents.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.Accounts;
import dev.freshet.proxy.upstream.auth.ConfiguredAccounts;
import dev.freshet.proxy.upstream.auth.GuardedCredentials.RefusedCredentials;
import dev.freshet.proxy.upstream.auth.RegistryLoginCheck;
import dev.freshet.proxy.upstream.auth.TokenCalls;
import dev.freshet.proxy.upstream.blob.BlobAnswer;
import dev.freshet.proxy.upstream.blob.BlobCalls;
import dev.freshet.proxy.upstream.blob.BlobDownload;
import dev.freshet.proxy.upstream.blob.BlobAnswer.ContentRange;
import dev.freshet.proxy.upstream.blob.RequestedRange;
import dev.freshet.proxy.upstream.blob.StorageLocation;
import dev.freshet.proxy.upstream.call.Hedges;
import dev.freshet.proxy.upstream.call.OtherRegistries;
import dev.freshet.proxy.upstream.call.RegistryCalls;
import dev.freshet.proxy.upstream.call.RegistryRequest;
import dev.freshet.proxy.upstream.call.Reply;
import dev.freshet.proxy.upstream.call.ResponseClassifier;
import dev.freshet.proxy.upstream.call.RetriedCalls;
import dev.freshet.proxy.upstream.call.Server;
import dev.freshet.proxy.upstream.document.FetchedManifest;
import dev.freshet.proxy.upstream.document.ListingCalls;
import dev.freshet.proxy.upstream.document.ManifestCalls;
import dev.freshet.proxy.upstream.document.ManifestHead;
import dev.freshet.proxy.upstream.foreign.Deliveries;
import dev.freshet.proxy.upstream.foreign.ForeignCalls;
import dev.freshet.proxy.upstream.foreign.ForeignOrigin;
import dev.freshet.proxy.upstream.foreign.ForeignRules;
import dev.freshet.proxy.upstream.foreign.ForeignOrigin.SuspectUrls;
import dev.freshet.proxy.upstream.guard.CircuitBreaker;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.guard.RetryBudget;
import dev.freshet.proxy.upstream.guard.RetryShare;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import dev.freshet.proxy.upstream.registry.NegativeCache.Wanted;
import dev.freshet.proxy.upstream.socket.UpstreamHttp;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * One upstream registry, as the rest of Freshet uses it. What it has said a short while ago that it does not have, it is not
 * asked for again; while it fails again and again, it is asked by one probe at a time. All methods may be called by any thread and block.
 */
public final class Registry implements AutoCloseable {

    /** Clients wait 20 s for a head and more. */
    private static final Duration PROBE_PATIENCE = Duration.ofSeconds(14);

    /** So many fetches of a token, one after the other, fit into the time that a manifest may take. */
    private static final int TOKENS_OF_A_MANIFEST = 2;

    private final Upstream upstream;
    private final UpstreamHttp http;
    private final RegistryCalls calls;
    private final RegistryCalls foreignCalls;
    private final SuspectUrls suspects;
    private final NegativeCache absences;
    private final RateLimits limits;
    private final HeadTrust heads;
    private final Accounts accounts;
    private final RetriedCalls patient;
    private final ManifestCalls manifests;
    private final ListingCalls listings;
    private final UpstreamEvents events;
    private final InstantSource clock;
    private final Scheduler scheduler;
    private final Duration stallTimeout;
    private final Duration manifestTimeout;
    private final Hedges hedges;
    private final Hedges foreignHedges;
    private final CircuitBreaker breaker;
    private final CircuitBreaker tokenBreaker;
    private final OtherRegistries others;
    private final RetryShare share;
    private final RetryShare foreignShare;

    /** One without notes of what it does not have. */
    public Registry(Upstream upstream, Duration stallTimeout, Duration manifestTimeout, Duration negativeTtl,
            UpstreamEvents events, InstantSource clock, Scheduler scheduler, Executor executor) throws IOException {
        this(upstream, stallTimeout, manifestTimeout, negativeTtl, Duration.ZERO, AbsenceNotes.NONE, events, clock,
                scheduler,
                executor);
    }

    /**
     * @param stallTimeout how long a download may make no progress, over all its attempts
     * @param manifestTimeout how long a manifest, or a page of a list, may take, over all tries
     * @param negativeTtl how long it is not asked again for what it does not have; zero asks every time
     * @param staleIfError how long past that it is still said not to have it while it cannot be asked
     * @param absenceNotes keeps what it does not have
     * @param executor runs token fetches, credential commands, and what is asked beside something silent; unbounded
     * @throws IOException if the upstream's CA file cannot be used
     */
    public Registry(Upstream upstream, Duration stallTimeout, Duration manifestTimeout, Duration negativeTtl,
            Duration staleIfError, AbsenceNotes absenceNotes, UpstreamEvents events, InstantSource clock,
            Scheduler scheduler,
            Executor executor) throws IOException {
        this.upstream = upstream;
        this.events = events;
        this.clock = clock;
        this.scheduler = scheduler;
        this.stallTimeout = stallTimeout;
        this.manifestTimeout = manifestTimeout;
        this.http = new UpstreamHttp(upstream.caFile(), stallTimeout);
        Duration tokenTimeout = manifestTimeout.dividedBy(TOKENS_OF_A_MANIFEST);
        Ticker ticker = scheduler::nanoTime;
        this.limits = new RateLimits(ticker::read, scheduler::random);
        this.breaker = breaker();
        this.tokenBreaker = breaker();
        Upstream asked = upstream.credentials().isEmpty() ? upstream.anonymous() : upstream;
        this.accounts = ConfiguredAccounts.of(asked, limits,
                tokenBreaker,
                new TokenCalls(asked, http, events, clock, scheduler, tokenTimeout),
                new RegistryLoginCheck(upstream, http, events, scheduler, tokenTimeout), events, executor, clock,
                ticker);
        Server own = new Server(breaker, tokenBreaker, accounts, false);
        this.others = new OtherRegistries(upstream, limits,
                new TokenCalls(upstream.anonymous(), http, events, clock, scheduler, tokenTimeout), this::breaker,
                executor,
                ticker);
        this.share = new RetryShare(scheduler::nanoTime);
        this.foreignShare = new RetryShare(scheduler::nanoTime);
        this.hedges = new Hedges(scheduler, share, executor);
        this.foreignHedges = new Hedges(scheduler, foreignShare, executor);
        this.calls = new RegistryCalls(upstream.name(), http, upstream.redirects(), own, others, limits, events, clock,
                scheduler);
        this.foreignCalls = new RegistryCalls(upstream.name(), http,
                RedirectRules.withoutRegistry(upstream.redirectHosts()), own, others, limits, events, clock, scheduler);
        this.suspects = new SuspectUrls(ticker);
        this.absences = new NegativeCache(upstream, negativeTtl, staleIfError, absenceNotes, clock, ticker);
        this.heads = new HeadTrust(negativeTtl, ticker);
        this.patient = new RetriedCalls(calls, clock, scheduler, share, hedges);
        this.manifests = new ManifestCalls(upstream, patient, events);
        this.listings = new ListingCalls(upstream, patient, events, scheduler);
    }

    public Upstream upstream() {
        return upstream;
    }

    /** Whether it works, as far as is known from asking it, and whether its token server and those that it redirects to do; asks none. */
    public Health health() {
        return Stream.concat(Stream.of(breaker, tokenBreaker), others.breakers()).map(CircuitBreaker::health)
                .filter(health -> health.state() != Health.State.CLOSED).findFirst().orElseGet(breaker::health);
    }

    /** Those of its accounts whose credentials are refused. */
    public List<RefusedCredentials> refusedCredentials() {
        return accounts.refused();
    }

    /** How long a manifest may take. */
    public Duration manifestTimeout() {
        return manifestTimeout;
    }

    /** Ends waits that are over, and asks once more beside what is silent; to be called several times a second, and short. */
    public void look() {
        hedges.look();
        foreignHedges.look();
    }

    /** How many calls are being waited for. */
    int waits() {
        return hedges.count() + foreignHedges.count();
    }

    /** What it has said of how much it may still be asked. */
    public RateLimits limits() {
        return limits;
    }

    /**
     * Fetches a manifest; by digest, only what has this digest is accepted.
     *
     * @param accept as which it is asked for; registries may answer with another type
     */
    public FetchedManifest manifest(Repository repository, Reference reference, Accept accept)
            throws OriginException, InterruptedException {
        return manifest(repository, reference, accept, manifestTimeout);
    }

    /**
     * As {@link #manifest(Repository, Reference, Accept)}.
     *
     * @param patience how long it may take, tries and all
     */
    public FetchedManifest manifest(Repository repository, Reference reference, Accept accept, Duration patience)
            throws OriginException, InterruptedException {
        Wanted wanted = manifestOf(repository, reference, accept);
        String what = "GET of manifest " + new ImageReference(repository, reference);
        FetchedManifest fetched = absences.noting(repository, resource(reference, accept), what,
                () -> absences.ask(wanted, what, () -> {
                    try {
                        return manifests.get(repository, reference, accept, shorter(patience, manifestTimeout));
                    } catch (UpstreamException e) {
                        heads.refused(wanted, e);
                        throw e;
                    }
                }));
        heads.got(wanted);
        return fetched;
    }

    /**
     * Asks what a manifest is, without fetching it; empty when only {@linkplain #manifest a GET} can tell, as far as its answers
     * to HEAD are {@linkplain HeadTrust believed}. That there is none counts for HEAD only.
     *
     * @param accept as which it is asked for
     * @param patience how long it may take, tries and all
     */
    public Optional<ManifestHead> manifestHead(Repository repository, Reference reference, Accept accept,
            Duration patience)
            throws OriginException, InterruptedException {
        Optional<UpstreamException> absence = heads.absence(manifestOf(repository, reference, accept));
        if (absence.isPresent()) {
            throw absence.get();
        }
        try {
            return askHead(repository, reference, accept, patience);
        } catch (HeadTrust.RefusedByHeadException e) {
            return e.unlessBelieved();
        }
    }

    /**
     * As {@link #manifestHead}, of what is known: that it is still there. No refusal is believed, as what is known would be
     * forgotten for it: where HEAD is refused, only a GET can tell.
     */
    public Optional<ManifestHead> manifestConfirmation(Repository repository, Reference reference, Accept accept,
            Duration patience) throws OriginException, InterruptedException {
        try {
            return askHead(repository, reference, accept, patience);
        } catch (HeadTrust.RefusedByHeadException e) {
            return Optional.empty();
        }
    }

    private Optional<ManifestHead> askHead(Repository repository, Reference reference, Accept accept,
            Duration patience) throws OriginException, InterruptedException {
        Wanted wanted = manifestOf(repository, reference, accept);
        String what = "HEAD of manifest " + new ImageReference(repository, reference);
        if (!heads.next()) {
            return Optional.empty();
        }
        return absences.orNoted(repository, resource(reference, accept), what,
                () -> absences.ask(wanted, what,
                        () -> heads.ask(wanted, () -> manifests.head(repository, reference, accept,
                                shorter(patience, manifestTimeout)))));
    }

    /**
     * Fetches the list of a repository's tags.
     *
     * @param parse what its pages, as they come, list; empty when one of them is no list
     */
    public <T> T tags(Repository repository, Function<List<byte[]>, Optional<T>> parse)
            throws OriginException, InterruptedException {
        String what = "GET of the tags of " + repository;
        return absences.noting(repository, new Question.Tags(), what,
                () -> absences.ask(new Wanted(RequestKind.TAGS, repository, ""), what,
                        () -> listings.tags(repository, manifestTimeout, parse)));
    }

    /**
     * Fetches the list of what refers to a manifest.
     *
     * @param parse what its pages, as they come, list; empty when one of them is no list
     */
    public <T> T referrers(Repository repository, Digest subject, Function<List<byte[]>, Optional<T>> parse)
            throws OriginException, InterruptedException {
        String what = "GET of the referrers of " + repository + "@" + subject;
        return absences.noting(repository, new Question.Referrers(subject), what,
                () -> absences.ask(new Wanted(RequestKind.REFERRERS, repository, subject.toString()), what,
                        () -> listings.referrers(repository, subject, manifestTimeout, parse)));
    }

    /** Where a blob comes from; all transfers of one share what is found out about its storage. */
    public BlobOrigin blob(Repository repository, Digest digest) {
        RegistryRequest ask = ask(repository, digest, "", Optional.empty());
        StorageLocation location = new StorageLocation(clock);
        Wanted blob = blobOf(repository, digest);
        return new BlobOrigin() {

            private volatile boolean found;

            @Override
            public Repository repository() {
                return repository;
            }

            @Override
            public Transfer open(ByteRange wanted) throws OriginException, InterruptedException {
                if (found) {
                    return download(wanted);
                }
                Transfer first = absences.noting(repository, new Resource.Blob(digest), ask.what(),
                        () -> absences.ask(blob, ask.what(), () -> download(wanted)));
                found = true;
                return first;
            }

            private Transfer download(ByteRange wanted) throws OriginException, InterruptedException {
                RetryBudget budget = found
                        ? RetryBudget.forMore(scheduler::nanoTime, scheduler::random, stallTimeout, share)
                        : RetryBudget.forFirst(scheduler::nanoTime, scheduler::random, stallTimeout, share);
                return BlobDownload.open(upstream.name(), wanted,
                        (call, nth) -> new BlobCalls(calls, ask, location, upstream.name(), events, clock, call,
                                nth > 0),
                        budget, hedges, Hedges.silence(stallTimeout), events, scheduler);
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
        return new ForeignOrigin(repository, digest, size, choice.allowed(), deliveries, suspects,
                (part, turns) -> BlobDownload.open(upstream.name(), part,
                        (call, nth) -> new ForeignCalls(foreignCalls, wanted, turns, upstream.name(), events, call,
                                nth),
                        RetryBudget.forFirst(scheduler::nanoTime, scheduler::random, stallTimeout, foreignShare),
                        foreignHedges,
                        Hedges.silence(stallTimeout),
                        events, scheduler));
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
        String what = "GET of blob " + repository + "@" + digest;
        return absences.noting(repository, new Resource.Blob(digest), what,
                () -> absences.ask(blobOf(repository, digest), what,
                        () -> probe(repository, digest, shorter(patience, stallTimeout))));
    }

    /** The failure of a request for a blob that it has said a short while ago it does not have; empty otherwise. */
    public Optional<UpstreamException> absence(Repository repository, Digest digest) {
        return absences.find(blobOf(repository, digest), "GET of blob " + repository + "@" + digest);
    }

    private OptionalLong probe(Repository repository, Digest digest, Duration patience)
            throws OriginException, InterruptedException {
        RegistryRequest ask = ask(repository, digest, "bytes=0-0", Optional.of(patience));
        return this.patient.judged(ask, patience, reply -> {
            Response response = reply.response();
            return switch (response.code()) {
                case 200 ->
                    BlobAnswer.of(response, RequestedRange.WHOLE, OptionalLong.empty(), calls.failed(ask)).total();
                case 206 -> ContentRange.parse(response.header("Content-Range")).map(ContentRange::total)
                        .orElse(OptionalLong.empty());
                case 416 -> emptyOnly(response, ask, reply);
                default -> throw ResponseClassifier.refusal(calls.failed(ask), reply, clock);
            };
        });
    }

    /** No byte can be had of an empty blob; any other has a first one. */
    private OptionalLong emptyOnly(Response response, RegistryRequest ask, Reply reply) throws UpstreamException {
        if (!ContentRange.totalOfNone(response.header("Content-Range")).equals(OptionalLong.of(0))) {
            throw ResponseClassifier.refusal(calls.failed(ask), reply, clock);
        }
        return OptionalLong.of(0);
    }

    @Override
    public void close() {
        http.close();
    }

    private CircuitBreaker breaker() {
        return CircuitBreaker.ofFailures(clock, scheduler::nanoTime, scheduler::random,
                health -> events.healthChanged(upstream.name(), health));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    static Wanted manifestOf(Repository repository, Reference reference, Accept accept) {
        return new Wanted(RequestKind.MANIFEST, repository,
                accept.equals(Accept.EVERYTHING) ? reference.toString() : reference + " as " + accept.digest());
    }

    private static Resource resource(Reference reference, Accept accept) {
        return reference instanceof Tag tag && !accept.equals(Accept.EVERYTHING)
                ? new Question.Variant(tag, accept.digest())
                : new Resource.Manifest(reference);
    }

    private static Wanted blobOf(Repository repository, Digest digest) {
        return new Wanted(RequestKind.BLOB, repository, digest.toString());
    }

    private RegistryRequest ask(Repository repository, Digest digest, String range, Optional<Duration> patience) {
        HttpUrl url = upstream.endpoint(repository.name(), "blobs", digest.toString());
        Request.Builder request = new Request.Builder().url(url);
        if (!range.isEmpty()) {
            request.header("Range", range);
        }
        return new RegistryRequest("GET of blob " + repository + "@" + digest, RequestKind.BLOB, repository.name(),
                request.build(), patience);
    }
}
