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
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.GuardedCredentials.RefusedCredentials;
import dev.freshet.proxy.upstream.blob.Downloads;
import dev.freshet.proxy.upstream.blob.RegistryBlobs;
import dev.freshet.proxy.upstream.call.Hedges;
import dev.freshet.proxy.upstream.call.RegistryCalls;
import dev.freshet.proxy.upstream.call.RegistryClient;
import dev.freshet.proxy.upstream.call.RetriedCalls;
import dev.freshet.proxy.upstream.document.FetchedManifest;
import dev.freshet.proxy.upstream.document.ListingCalls;
import dev.freshet.proxy.upstream.document.ManifestCalls;
import dev.freshet.proxy.upstream.document.ManifestCalls.ManifestHead;
import dev.freshet.proxy.upstream.foreign.ForeignBlobs;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.registry.NegativeCache.Wanted;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

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
    private final RegistryClient client;
    private final Duration stallTimeout;
    private final Duration manifestTimeout;
    private final NegativeCache absences;
    private final HeadTrust heads;
    private final ManifestCalls manifests;
    private final ListingCalls listings;
    private final RegistryBlobs blobs;
    private final ForeignBlobs foreign;
    private final Hedges hedges;
    private final Hedges foreignHedges;

    /** One without notes of what it does not have. */
    public Registry(Upstream upstream, Duration stallTimeout, Duration manifestTimeout, Duration negativeTtl,
            Consumer<Event> events, InstantSource clock, Scheduler scheduler, Executor executor) throws IOException {
        this(upstream, stallTimeout, manifestTimeout, negativeTtl, Duration.ZERO, AbsenceNotes.NONE, events, clock,
                scheduler, executor);
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
            Duration staleIfError, AbsenceNotes absenceNotes, Consumer<Event> events, InstantSource clock,
            Scheduler scheduler, Executor executor) throws IOException {
        this.upstream = upstream;
        this.stallTimeout = stallTimeout;
        this.manifestTimeout = manifestTimeout;
        this.client = new RegistryClient(upstream, stallTimeout, manifestTimeout.dividedBy(TOKENS_OF_A_MANIFEST),
                events, clock, scheduler, executor);
        Ticker ticker = scheduler::nanoTime;
        this.hedges = new Hedges(scheduler, executor);
        this.foreignHedges = new Hedges(scheduler, executor);
        this.absences = new NegativeCache(upstream, negativeTtl, staleIfError, absenceNotes, clock, ticker);
        this.heads = new HeadTrust(negativeTtl, ticker);
        RegistryCalls calls = client.calls();
        RetriedCalls retried = new RetriedCalls(calls, clock, scheduler, hedges);
        this.manifests = new ManifestCalls(upstream, retried, events);
        this.listings = new ListingCalls(upstream, retried, events, scheduler);
        this.blobs = new RegistryBlobs(upstream, calls, retried,
                new Downloads(upstream.name(), hedges, stallTimeout, events, scheduler), clock);
        this.foreign = new ForeignBlobs(client.foreignCalls(),
                new Downloads(upstream.name(), foreignHedges, stallTimeout, events, scheduler), ticker);
    }

    public Upstream upstream() {
        return upstream;
    }

    /** How it, its token server and those that it redirects to are, as far as is known; asks none. */
    public Health health() {
        return client.health();
    }

    /** Those of its accounts whose credentials are refused. */
    public List<RefusedCredentials> refusedCredentials() {
        return client.accounts().refused();
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
        return client.limits();
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
        FetchedManifest fetched = decided(wanted, resource(reference, accept), what, () -> {
            try {
                return manifests.get(repository, reference, accept, shorter(patience, manifestTimeout));
            } catch (UpstreamException e) {
                heads.refused(wanted, e);
                throw e;
            }
        });
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
        return decided(new Wanted(RequestKind.TAGS, repository, ""), new Question.Tags(), what,
                () -> listings.tags(repository, manifestTimeout, parse));
    }

    /**
     * Fetches the list of what refers to a manifest.
     *
     * @param parse what its pages, as they come, list; empty when one of them is no list
     */
    public <T> T referrers(Repository repository, Digest subject, Function<List<byte[]>, Optional<T>> parse)
            throws OriginException, InterruptedException {
        String what = "GET of the referrers of " + repository + "@" + subject;
        return decided(new Wanted(RequestKind.REFERRERS, repository, subject.toString()),
                new Question.Referrers(subject), what,
                () -> listings.referrers(repository, subject, manifestTimeout, parse));
    }

    /** Where a blob comes from; all transfers of one share what is found out about its storage. */
    public BlobOrigin blob(Repository repository, Digest digest) {
        RegistryBlobs.Source source = blobs.source(repository, digest);
        return new BlobOrigin() {

            private volatile boolean found;

            @Override
            public Repository repository() {
                return repository;
            }

            @Override
            public Transfer open(ByteRange wanted) throws OriginException, InterruptedException {
                if (found) {
                    return source.open(wanted, true);
                }
                Transfer first = decidedOfBlob(repository, digest, () -> source.open(wanted, false));
                found = true;
                return first;
            }

            @Override
            public String toString() {
                return repository + "@" + digest;
            }
        };
    }

    /** The blobs that its manifests list with URLs, for when it does not have them itself. */
    public ForeignBlobs foreign() {
        return foreign;
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

    /** As {@link #probeBlob(Repository, Digest)}, within this time. */
    public OptionalLong probeBlob(Repository repository, Digest digest, Duration patience)
            throws OriginException, InterruptedException {
        return decidedOfBlob(repository, digest,
                () -> blobs.probe(repository, digest, shorter(patience, stallTimeout)));
    }

    /** The failure of a request for a blob that it has said a short while ago it does not have; empty otherwise. */
    public Optional<UpstreamException> absence(Repository repository, Digest digest) {
        return absences.find(blobOf(repository, digest), whatOf(repository, digest));
    }

    @Override
    public void close() {
        client.close();
    }

    /** Asks what only an answer decides, unless it is remembered; what it does not have is noted. */
    private <T> T decided(Wanted wanted, Resource resource, String what, NegativeCache.Question<T> question)
            throws OriginException, InterruptedException {
        return absences.noting(wanted.repository(), resource, what, () -> absences.ask(wanted, what, question));
    }

    private <T> T decidedOfBlob(Repository repository, Digest digest, NegativeCache.Question<T> question)
            throws OriginException, InterruptedException {
        return decided(blobOf(repository, digest), new Resource.Blob(digest), whatOf(repository, digest), question);
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

    private static String whatOf(Repository repository, Digest digest) {
        return "GET of blob " + repository + "@" + digest;
    }
}
