package dev.freshet.proxy.meter;

import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.FillEvent;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.proxy.http.RequestEnded;
import dev.freshet.proxy.log.LogQueue;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamEvent.Answered;
import dev.freshet.proxy.upstream.UpstreamEvent.CredentialsAccepted;
import dev.freshet.proxy.upstream.UpstreamEvent.CredentialsRefused;
import dev.freshet.proxy.upstream.UpstreamEvent.HealthChanged;
import dev.freshet.proxy.upstream.UpstreamEvent.HeldOff;
import dev.freshet.proxy.upstream.UpstreamEvent.Limited;
import dev.freshet.proxy.upstream.UpstreamEvent.PassedOver;
import dev.freshet.proxy.upstream.UpstreamEvent.Received;
import dev.freshet.proxy.upstream.UpstreamEvent.Refreshing;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamEvent.Unanswered;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimits;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A sink that counts events. Rare, important counters begin with 0, so that their first event is an increase. */
public final class Meters implements Consumer<Event>, AutoCloseable {

    private final Instruments instruments = new Instruments();
    private final Set<RegistryHost> limited = ConcurrentHashMap.newKeySet();

    /** @param version of this build */
    public Meters(String version) {
        instruments.watch(Metric.BUILD_INFO, version, any -> 1, version);
        instruments.add(Metric.DAMAGED_BLOBS, 0);
        for (EvictionReason reason : EvictionReason.values()) {
            instruments.add(Metric.EVICTIONS, 0, reason.label());
            instruments.add(Metric.EVICTED_BYTES, 0, reason.label());
        }
    }

    /** Adds gauges of the store and of running fills. */
    public void watch(BlobStore store, ContentCache cache) {
        instruments.watch(Metric.FILLS_ACTIVE, cache, ContentCache::fills);
        instruments.watch(Metric.FILL_READERS, cache, ContentCache::fillReaders);
        instruments.watch(Metric.CACHE_BYTES, store, s -> (double) s.space().used());
        instruments.watch(Metric.CACHE_LIMIT_BYTES, store, s -> (double) s.space().limit());
        instruments.watch(Metric.STORE_WRITABLE, store, s -> s.space().writable() ? 1 : 0);
        instruments.watch(Metric.CACHE_OBJECTS, store, Meters::objects, "all");
    }

    /** Adds a gauge of the health of an upstream. */
    public void watch(RegistryHost upstream, Supplier<Health> health) {
        instruments.watch(Metric.UPSTREAM_HELD_BACK, health,
                source -> source.get().state() == Health.State.CLOSED ? 0 : 1, upstream.value());
    }

    /** Adds a gauge of the accounts that an upstream rejects. */
    public void watchCredentials(RegistryHost upstream, Supplier<Integer> refused) {
        instruments.watch(Metric.CREDENTIALS_REFUSED, refused, Supplier::get, upstream.value());
    }

    /** Adds counters of dropped log lines. */
    public void watch(LogQueue log) {
        for (LogQueue.Reason reason : LogQueue.Reason.values()) {
            instruments.count(Metric.LOG_DROPPED, log, queue -> queue.dropped(reason), reason.label());
        }
    }

    /** All metrics in the text format of Prometheus. */
    public String scrape() {
        return instruments.scrape();
    }

    @Override
    public void close() {
        instruments.close();
    }

    @Override
    public void accept(Event event) {
        switch (event) {
            case RequestEnded request -> count(request);
            case UpstreamEvent upstream -> count(upstream);
            case FillEvent fill -> count(fill);
            case StoreEvent store -> count(store);
            default -> {
            } // no other family
        }
    }

    private void count(RequestEnded request) {
        String kind = kind(request.route());
        instruments.add(Metric.REQUESTS, 1, kind, upstream(request.route()), outcome(request));
        instruments.add(Metric.CLIENT_BYTES, (double) request.bytes(), request.cacheStatus().label());
        instruments.record(Metric.REQUEST_TIME, request.elapsed(), kind);
    }

    private void count(UpstreamEvent event) {
        String upstream = event.upstream().value();
        switch (event) {
            case Answered e -> upstreamRequest(upstream, e.kind(), Integer.toString(e.status()), e.elapsed());
            case Unanswered e -> upstreamRequest(upstream, e.kind(), "none", e.elapsed());
            case Received e -> instruments.add(Metric.UPSTREAM_BYTES, (double) e.bytes(), upstream);
            case Refreshing e -> instruments.add(Metric.REDIRECT_REFRESHES, 1, upstream, e.reason().label());
            case UpstreamEvent.Resumed e -> instruments.add(Metric.RESUMES, 1, upstream);
            case Limited e -> watch(e);
            case HeldOff e -> {
            }
            case PassedOver e -> {
            }
            case CredentialsRefused e -> {
            }
            case CredentialsAccepted e -> {
            }
            case HealthChanged e -> {
            }
        }
    }

    private void count(FillEvent event) {
        switch (event) {
            case FillEvent.Began e -> instruments.add(Metric.FILLS, 1);
            case FillEvent.Resumed e -> instruments.add(Metric.RESUMES, 1, e.origin().repository().registry().value());
            case FillEvent.Ended e -> {
                instruments.add(Metric.FILLS_ENDED, 1, e.outcome().label());
                if (e.outcome() instanceof FillOutcome.DigestMismatch) {
                    instruments.add(Metric.DIGEST_MISMATCHES, 1, e.origin().repository().registry().value());
                }
            }
        }
    }

    private void count(StoreEvent event) {
        switch (event) {
            case StoreEvent.Evicted e -> {
                instruments.add(Metric.EVICTIONS, 1, e.reason().label());
                instruments.add(Metric.EVICTED_BYTES, (double) e.bytes(), e.reason().label());
            }
            case StoreEvent.Damaged e -> instruments.add(Metric.DAMAGED_BLOBS, 1);
            case StoreEvent.Lost e -> instruments.add(Metric.LOST_BLOBS, (double) e.blobs());
            case StoreEvent.Failed e -> instruments.add(Metric.STORE_FAILURES, 1);
            case StoreEvent.Unwritable e -> {
            } // a gauge reads the state
            case StoreEvent.Writable e -> {
            }
        }
    }

    private void watch(Limited event) {
        if (limited.add(event.upstream())) {
            String upstream = event.upstream().value();
            instruments.watch(Metric.RATELIMIT_REMAINING, event.limits(), RateLimits::remaining, upstream);
            instruments.watch(Metric.RATELIMIT_LIMIT, event.limits(), RateLimits::limit, upstream);
            instruments.watch(Metric.RATELIMIT_HOLDOFF, event.limits(), RateLimits::heldOffSeconds, upstream);
        }
    }

    private void upstreamRequest(String upstream, RequestKind kind, String status, Duration elapsed) {
        instruments.add(Metric.UPSTREAM_REQUESTS, 1, upstream, kind.label(), status);
        instruments.record(Metric.UPSTREAM_TIME, elapsed, upstream, kind.label());
    }

    private static String kind(@Nullable Route route) {
        return switch (route) {
            case Route.Ping ping -> "ping";
            case Route.Manifest manifest -> "manifest";
            case Route.Blob blob -> "blob";
            case Route.Tags tags -> "tags";
            case Route.Referrers referrers -> "referrers";
            case Route.Either either -> kind(either.stripped());
            case Route.Unroutable unroutable -> "other";
            case null -> "other";
        };
    }

    private static String upstream(@Nullable Route route) {
        return route == null ? "" : route.registry().map(RegistryHost::value).orElse("");
    }

    private static String outcome(RequestEnded request) {
        return switch (request.outcome()) {
            case CLIENT_GONE, CUT -> request.outcome().label();
            case COMPLETE ->
                request.status() >= 400 ? Integer.toString(request.status()) : request.cacheStatus().label();
        };
    }

    /** NaN while the store cannot be read. */
    private static double objects(BlobStore store) {
        try {
            return (double) store.usage().objects();
        } catch (StoreException e) {
            return Double.NaN;
        }
    }
}
