package dev.freshet.proxy.meter;

import dev.freshet.cache.fill.FillEvent;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.proxy.http.RequestEnded;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.upstream.UpstreamEvent;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A sink that logs events. Each request is one line of JSON in ASCII, so that a client cannot inject a second line or a
 * terminal command.
 */
public final class EventLog implements Consumer<Event>, AutoCloseable {

    private static final Logger ACCESS = LoggerFactory.getLogger("access");
    private static final Logger UPSTREAM = LoggerFactory.getLogger("upstream");
    private static final Logger FILL = LoggerFactory.getLogger("fill");
    private static final JsonMapper JSON = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final int MAX_TEXT = 512;

    private final StoreLog store;

    /** @param ticker nanoseconds since some fixed moment */
    public EventLog(LongSupplier ticker) {
        this.store = new StoreLog(ticker);
    }

    @Override
    public void accept(Event event) {
        switch (event) {
            case RequestEnded request -> log(request);
            case UpstreamEvent upstream -> log(upstream);
            case FillEvent fill -> log(fill);
            case StoreEvent stored -> store.log(stored);
            default -> {
            } // no other family
        }
    }

    private static void log(RequestEnded request) {
        if (!ACCESS.isInfoEnabled()) {
            return;
        }
        ObjectNode line = JSON.createObjectNode();
        line.put("client", request.client());
        line.put("method", clipped(request.method()));
        line.put("path", clipped(request.path()));
        Route route = request.route();
        if (route != null) {
            route.registry().ifPresent(registry -> line.put("upstream", registry.value()));
        }
        line.put("status", request.status());
        line.put("bytes", request.bytes());
        line.put("ms", request.elapsed().toMillis());
        line.put("cache", request.cacheStatus().label());
        line.put("outcome", request.outcome().label());
        String userAgent = request.userAgent();
        if (userAgent != null) {
            line.put("agent", clipped(userAgent));
        }
        String why = request.why();
        if (why != null) {
            line.put("why", clipped(why));
        }
        ACCESS.info("{}", JSON.writeValueAsString(line));
    }

    private static void log(UpstreamEvent event) {
        switch (event) {
            case UpstreamEvent.Answered e -> UPSTREAM.debug("{}: {} answered {} in {} ms", e.upstream(),
                    e.kind().label(), e.status(), e.elapsed().toMillis());
            case UpstreamEvent.Unanswered e -> UPSTREAM.debug("{}: {} not answered within {} ms", e.upstream(),
                    e.kind().label(), e.elapsed().toMillis());
            case UpstreamEvent.Refreshing e -> UPSTREAM.info("{}: requesting a new URL: {}", e.upstream(), e.why());
            case UpstreamEvent.HeldOff e -> UPSTREAM.warn("{}: {}", e.upstream(), e.why());
            case UpstreamEvent.PassedOver e -> UPSTREAM.info("{}: foreign layer: {}", e.upstream(), e.why());
            case UpstreamEvent.CredentialsRefused e -> UPSTREAM.warn(
                    "{}: rejects the credentials of {}; Freshet retries them after a pause: {}", e.upstream(),
                    e.account(), e.why());
            case UpstreamEvent.CredentialsAccepted e -> UPSTREAM.info(
                    "{}: accepts the credentials of {} again; meanwhile {} requests went without them", e.upstream(),
                    e.account(), e.heldBack());
            case UpstreamEvent.HealthChanged e -> {
                switch (e.health().state()) {
                    case CLOSED -> UPSTREAM.info("{}: answers again; requests continue as before", e.upstream());
                    case OPEN, HALF_OPEN -> UPSTREAM.warn(
                            "{}: keeps failing; Freshet sends it one probe at a time; last failure: {}", e.upstream(),
                            e.health().lastFailure().orElse(""));
                }
            }
            case UpstreamEvent.Received received -> {
            }
            case UpstreamEvent.Resumed resumed -> {
            }
            case UpstreamEvent.Limited limited -> {
            }
        }
    }

    private void log(FillEvent event) {
        switch (event) {
            case FillEvent.Began began -> FILL.debug("{} started", began.origin());
            case FillEvent.Resumed resumed -> FILL.debug("{} resumed, {} bytes are stored", resumed.origin(),
                    resumed.bytes());
            case FillEvent.Ended ended -> {
                FillOutcome outcome = ended.outcome();
                String what = ended.origin() + " ended, " + outcome.label() + ": " + outcome.message();
                switch (outcome) {
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
            }
        }
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
