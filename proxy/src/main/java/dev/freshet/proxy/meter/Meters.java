package dev.freshet.proxy.meter;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.FillListener;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreListener;
import dev.freshet.proxy.http.RequestLog;
import dev.freshet.proxy.log.LogQueue;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.serve.repository.StoreTrouble;
import dev.freshet.proxy.upstream.UpstreamEvents;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimits;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The metrics that listeners update. Rare, important counters begin with 0, so that their first event is an increase. */
public final class Meters
        implements
            AutoCloseable,
            RequestLog,
            UpstreamEvents,
            FillListener,
            StoreListener,
            StoreTrouble {

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
    public void resumed(Digest digest, BlobOrigin origin, long bytes) {
        resumed(origin.repository().registry(), bytes);
    }

    @Override
    public void ended(RequestLog.Entry entry) {
        String kind = kind(entry.route());
        instruments.add(Metric.REQUESTS, 1, kind, upstream(entry.route()), outcome(entry));
        instruments.add(Metric.CLIENT_BYTES, (double) entry.bytes(), entry.cacheStatus().label());
        instruments.record(Metric.REQUEST_TIME, entry.elapsed(), kind);
    }

    @Override
    public void answered(RegistryHost upstream, RequestKind kind, int status, Duration elapsed) {
        upstreamRequest(upstream, kind, Integer.toString(status), elapsed);
    }

    @Override
    public void unanswered(RegistryHost upstream, RequestKind kind, Duration elapsed) {
        upstreamRequest(upstream, kind, "none", elapsed);
    }

    @Override
    public void received(RegistryHost upstream, long bytes) {
        instruments.add(Metric.UPSTREAM_BYTES, (double) bytes, upstream.value());
    }

    @Override
    public void refreshing(RegistryHost upstream, RefreshReason reason, String why) {
        instruments.add(Metric.REDIRECT_REFRESHES, 1, upstream.value(), reason.label());
    }

    @Override
    public void resumed(RegistryHost upstream, long position) {
        instruments.add(Metric.RESUMES, 1, upstream.value());
    }

    @Override
    public void limited(RegistryHost upstream, RateLimits limits) {
        if (limited.add(upstream)) {
            instruments.watch(Metric.RATELIMIT_REMAINING, limits, RateLimits::remaining, upstream.value());
            instruments.watch(Metric.RATELIMIT_LIMIT, limits, RateLimits::limit, upstream.value());
            instruments.watch(Metric.RATELIMIT_HOLDOFF, limits, RateLimits::heldOffSeconds, upstream.value());
        }
    }

    @Override
    public void began(Digest digest, BlobOrigin origin) {
        instruments.add(Metric.FILLS, 1);
    }

    @Override
    public void ended(Digest digest, BlobOrigin origin, FillOutcome end, long bytes) {
        instruments.add(Metric.FILLS_ENDED, 1, end.label());
        if (end instanceof FillOutcome.DigestMismatch) {
            instruments.add(Metric.DIGEST_MISMATCHES, 1, origin.repository().registry().value());
        }
    }

    @Override
    public void storeFailed(Digest digest, StoreException failure) {
        failed(failure);
    }

    @Override
    public void failed(StoreException failure) {
        instruments.add(Metric.STORE_FAILURES, 1);
    }

    @Override
    public void damaged(Digest digest, String message) {
        instruments.add(Metric.DAMAGED_BLOBS, 1);
    }

    @Override
    public void lost(long blobs, long bytes, String message) {
        instruments.add(Metric.LOST_BLOBS, (double) blobs);
    }

    @Override
    public void evicted(Digest digest, long bytes, EvictionReason reason) {
        instruments.add(Metric.EVICTIONS, 1, reason.label());
        instruments.add(Metric.EVICTED_BYTES, (double) bytes, reason.label());
    }

    /** No counter: a gauge reads the state. */
    @Override
    public void unwritable(String why) {}

    /** No counter: a gauge reads the state. */
    @Override
    public void writable() {}

    private void upstreamRequest(RegistryHost upstream, RequestKind kind, String status, Duration elapsed) {
        instruments.add(Metric.UPSTREAM_REQUESTS, 1, upstream.value(), kind.label(), status);
        instruments.record(Metric.UPSTREAM_TIME, elapsed, upstream.value(), kind.label());
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

    private static String outcome(RequestLog.Entry entry) {
        return switch (entry.outcome()) {
            case CLIENT_GONE, CUT -> entry.outcome().label();
            case COMPLETE -> entry.status() >= 400 ? Integer.toString(entry.status()) : entry.cacheStatus().label();
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
