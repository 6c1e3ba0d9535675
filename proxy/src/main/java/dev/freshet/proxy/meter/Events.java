package dev.freshet.proxy.meter;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.FillListener;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoreListener;
import dev.freshet.proxy.http.RequestLog;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.serve.repository.StoreTrouble;
import dev.freshet.proxy.upstream.UpstreamEvents;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimits;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A listener that logs all events and forwards them to the metrics. Each request is one line of JSON in ASCII, so that a
 * client cannot inject a second line or a terminal command.
 */
public final class Events
        implements
            RequestLog,
            UpstreamEvents,
            FillListener,
            StoreListener,
            StoreTrouble,
            AutoCloseable {

    private static final Logger ACCESS = LoggerFactory.getLogger("access");
    private static final Logger UPSTREAM = LoggerFactory.getLogger("upstream");
    private static final Logger FILL = LoggerFactory.getLogger("fill");
    private static final JsonMapper JSON = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final int MAX_TEXT = 512;

    private final Meters meters;
    private final StoreLog store;
    private volatile Consumer<Digest> onFillEnd = digest -> {};

    /** @param ticker nanoseconds since some fixed moment */
    public Events(Meters meters, LongSupplier ticker) {
        this.meters = meters;
        this.store = new StoreLog(ticker);
    }

    /** Sets a listener for ends of fills. It must be quick and must not throw. */
    public void onFillEnd(Consumer<Digest> listener) {
        onFillEnd = listener;
    }

    @Override
    public void resumed(Digest digest, BlobOrigin origin, long bytes) {
        meters.resumed(digest, origin, bytes);
        FILL.debug("{} resumed, {} bytes are stored", origin, bytes);
    }

    @Override
    public void ended(RequestLog.Entry entry) {
        meters.ended(entry);
        if (!ACCESS.isInfoEnabled()) {
            return;
        }
        ObjectNode line = JSON.createObjectNode();
        line.put("client", entry.client());
        line.put("method", clipped(entry.method()));
        line.put("path", clipped(entry.path()));
        Route route = entry.route();
        if (route != null) {
            route.registry().ifPresent(registry -> line.put("upstream", registry.value()));
        }
        line.put("status", entry.status());
        line.put("bytes", entry.bytes());
        line.put("ms", entry.elapsed().toMillis());
        line.put("cache", entry.cacheStatus().label());
        line.put("outcome", entry.outcome().label());
        String userAgent = entry.userAgent();
        if (userAgent != null) {
            line.put("agent", clipped(userAgent));
        }
        String why = entry.why();
        if (why != null) {
            line.put("why", clipped(why));
        }
        ACCESS.info("{}", JSON.writeValueAsString(line));
    }

    @Override
    public void answered(RegistryHost upstream, RequestKind kind, int status, Duration elapsed) {
        meters.answered(upstream, kind, status, elapsed);
        UPSTREAM.debug("{}: {} answered {} in {} ms", upstream, kind.label(), status, elapsed.toMillis());
    }

    @Override
    public void unanswered(RegistryHost upstream, RequestKind kind, Duration elapsed) {
        meters.unanswered(upstream, kind, elapsed);
        UPSTREAM.debug("{}: {} not answered within {} ms", upstream, kind.label(), elapsed.toMillis());
    }

    @Override
    public void received(RegistryHost upstream, long bytes) {
        meters.received(upstream, bytes);
    }

    @Override
    public void refreshing(RegistryHost upstream, RefreshReason reason, String why) {
        meters.refreshing(upstream, reason, why);
        UPSTREAM.info("{}: requesting a new URL: {}", upstream, why);
    }

    @Override
    public void healthChanged(RegistryHost upstream, Health health) {
        String last = health.lastFailure().orElse("");
        switch (health.state()) {
            case CLOSED -> UPSTREAM.info("{}: answers again; requests continue as before", upstream);
            case OPEN, HALF_OPEN -> UPSTREAM.warn(
                    "{}: keeps failing; Freshet sends it one probe at a time; last failure: {}", upstream, last);
        }
    }

    @Override
    public void credentialsRefused(RegistryHost upstream, String account, String why) {
        UPSTREAM.warn("{}: rejects the credentials of {}; Freshet retries them after a pause: {}", upstream,
                account, why);
    }

    @Override
    public void credentialsTaken(RegistryHost upstream, String account, long heldBack) {
        UPSTREAM.info("{}: accepts the credentials of {} again; meanwhile {} requests went without them",
                upstream, account, heldBack);
    }

    @Override
    public void passedOver(RegistryHost upstream, String why) {
        UPSTREAM.info("{}: foreign layer: {}", upstream, why);
    }

    @Override
    public void limited(RegistryHost upstream, RateLimits limits) {
        meters.limited(upstream, limits);
    }

    @Override
    public void heldOff(RegistryHost upstream, String why) {
        UPSTREAM.warn("{}: {}", upstream, why);
    }

    @Override
    public void resumed(RegistryHost upstream, long position) {
        meters.resumed(upstream, position);
    }

    @Override
    public void began(Digest digest, BlobOrigin origin) {
        meters.began(digest, origin);
        FILL.debug("{} started", origin);
    }

    @Override
    public void ended(Digest digest, BlobOrigin origin, FillOutcome end, long bytes) {
        meters.ended(digest, origin, end, bytes);
        String what = origin + " ended, " + end.label() + ": " + end.message();
        switch (end) {
            case FillOutcome.Complete complete -> FILL.debug("{}", what);
            case FillOutcome.Passed passed -> store.passed(what);
            case FillOutcome.TookTooLong tookTooLong -> FILL.warn("{}", what);
            case FillOutcome.Aborted aborted -> FILL.info("{}", what);
            case FillOutcome.Abandoned abandoned -> FILL.info("{}", what);
            case FillOutcome.OriginFailed failed -> FILL.warn("{}", what);
            case FillOutcome.DigestMismatch mismatch -> FILL.error("{}", what);
            case FillOutcome.TooShort tooShort -> FILL.error("{}", what);
            case FillOutcome.TooLarge tooLarge -> FILL.error("{}", what);
            case FillOutcome.Broken broken -> FILL.error("{}", what, broken.cause());
        }
        onFillEnd.accept(digest);
    }

    @Override
    public void storeFailed(Digest digest, StoreException failure) {
        failed(failure);
    }

    @Override
    public void failed(StoreException failure) {
        meters.failed(failure);
        store.failed(failure);
    }

    @Override
    public void damaged(Digest digest, String message) {
        meters.damaged(digest, message);
        store.damaged(digest, message);
    }

    @Override
    public void lost(long blobs, long bytes, String message) {
        meters.lost(blobs, bytes, message);
        store.lost(blobs, bytes, message);
    }

    @Override
    public void evicted(Digest digest, long bytes, EvictionReason reason) {
        meters.evicted(digest, bytes, reason);
        store.evicted(digest, bytes, reason);
    }

    @Override
    public void unwritable(String why) {
        store.unwritable(why);
    }

    @Override
    public void writable() {
        store.writable();
    }

    /** Logs the summaries of events that have no line yet. */
    @Override
    public void close() {
        store.close();
    }

    private static String clipped(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
    }
}
