package dev.freshet.proxy.meter;

import dev.freshet.cache.flight.BlobOrigin;
import dev.freshet.cache.flight.ContentCache;
import dev.freshet.cache.flight.FlightEnd;
import dev.freshet.cache.flight.FlightListener;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.StoreException;
import dev.freshet.proxy.http.RequestLog;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.upstream.UpstreamEvents;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens. Labels come from closed lists and the configured upstreams only, so that no client can make more
 * of them.
 */
public final class Meters implements AutoCloseable, RequestLog, UpstreamEvents, FlightListener {

    private static final Duration[] REQUEST_BUCKETS = {Duration.ofMillis(1), Duration.ofMillis(5),
            Duration.ofMillis(25), Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(2),
            Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(300)};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    /** @param version of this build */
    public Meters(String version) {
        Gauge.builder("freshet.build.info", () -> 1).description("Always 1; the label is this build's version")
                .tag("version", version).register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** Watches what is stored and what is on its way. */
    public void watch(BlobStore store, ContentCache cache) {
        Gauge.builder("freshet.fills.active", cache, ContentCache::flights)
                .description("Blobs being fetched, or waiting to be").register(registry);
        Gauge.builder("freshet.fill.readers", cache, ContentCache::flightReaders)
                .description("Clients reading blobs that are being fetched").register(registry);
        Gauge.builder("freshet.cache.bytes", store, usage(s -> (double) s.usage().bytes()))
                .description("Bytes of content stored").baseUnit("bytes").register(registry);
        Gauge.builder("freshet.cache.objects", store, usage(s -> (double) s.usage().objects()))
                .description("Blobs and manifests stored").tag("kind", "all").register(registry);
    }

    /** The metrics in Prometheus' text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    @Override
    public void ended(RequestLog.Entry entry) {
        String upstream = upstream(entry.route());
        Counter.builder("freshet.requests").description("Requests of clients")
                .tags("kind", kind(entry.route()), "upstream", upstream, "outcome", outcome(entry)).register(registry)
                .increment();
        Counter.builder("freshet.client.bytes").description("Bytes of bodies sent to clients, by where they came from")
                .tags("source", entry.cacheStatus().label()).register(registry).increment((double) entry.bytes());
        Timer.builder("freshet.request").description("Time from a request's head to the end of its answer")
                .serviceLevelObjectives(REQUEST_BUCKETS).tags("kind", kind(entry.route())).register(registry)
                .record(entry.elapsed());
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
        Counter.builder("freshet.upstream.bytes").description("Bytes of bodies received from upstreams")
                .tags("upstream", upstream.value()).register(registry).increment((double) bytes);
    }

    @Override
    public void refreshing(RegistryHost upstream, RefreshReason reason, String why) {
        Counter.builder("freshet.redirect.refreshes").description("Times a registry was asked again for a blob")
                .tags("upstream", upstream.value(), "reason", reason.label()).register(registry).increment();
    }

    @Override
    public void resumed(RegistryHost upstream, long position) {
        Counter.builder("freshet.resumes").description("Transfers that went on at a byte other than the first")
                .tags("upstream", upstream.value()).register(registry).increment();
    }

    @Override
    public void began(Digest digest, BlobOrigin origin) {
        Counter.builder("freshet.fills").description("Blobs that were begun to be fetched").register(registry)
                .increment();
    }

    @Override
    public void ended(Digest digest, BlobOrigin origin, FlightEnd end, long bytes) {
        Counter.builder("freshet.fills.ended").description("Fetches of blobs that have ended, by how")
                .tags("end", end.label()).register(registry).increment();
        if (end instanceof FlightEnd.DigestMismatch) {
            Counter.builder("freshet.digest.mismatches").description("Blobs whose upstream sent something else")
                    .tags("upstream", origin.registry().value()).register(registry).increment();
        }
    }

    @Override
    public void damaged(Digest digest, String message) {
        Counter.builder("freshet.damaged.blobs").description("Stored blobs that turned out damaged, and were dropped")
                .register(registry).increment();
    }

    private void upstreamRequest(RegistryHost upstream, RequestKind kind, String status, Duration elapsed) {
        Counter.builder("freshet.upstream.requests").description("Requests to upstreams and their storage")
                .tags("upstream", upstream.value(), "kind", kind.label(), "status", status).register(registry)
                .increment();
        Timer.builder("freshet.upstream").description("Time from a request to the head of its answer")
                .tags("upstream", upstream.value(), "kind", kind.label()).register(registry).record(elapsed);
    }

    private static String kind(@Nullable Route route) {
        return switch (route) {
            case Route.Ping ping -> "ping";
            case Route.Manifest manifest -> "manifest";
            case Route.Blob blob -> "blob";
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

    /** A reading of the store, which is not a number while the store cannot be read. */
    private interface Reading {

        double of(BlobStore store) throws StoreException;
    }

    private static ToDoubleFunction<BlobStore> usage(Reading reading) {
        return store -> {
            try {
                return reading.of(store);
            } catch (StoreException e) {
                return Double.NaN;
            }
        };
    }
}
