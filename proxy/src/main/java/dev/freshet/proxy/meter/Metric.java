package dev.freshet.proxy.meter;

import dev.freshet.cache.fill.FailureReason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All metrics of Freshet. A test generates {@code docs/metrics.md} from this list. Label values are words of closed lists and
 * configured names, so that clients cannot add label values.
 */
enum Metric {

    REQUESTS(Type.COUNTER, "freshet.requests", "Requests from clients.", "kind", "upstream", "outcome"),
    CLIENT_BYTES(Type.COUNTER, "freshet.client.bytes",
            "Body bytes sent to clients, by their source.", "source"),
    REQUEST_TIME(Type.HISTOGRAM, "freshet.request", "Time from the head of a request to the end of its answer.",
            "kind"),
    UPSTREAM_REQUESTS(Type.COUNTER, "freshet.upstream.requests",
            "Requests to upstreams, their storage, and URLs of foreign layers.", "upstream", "kind", "status"),
    UPSTREAM_BYTES(Type.COUNTER, "freshet.upstream.bytes", "Body bytes received from upstreams.", "upstream"),
    UPSTREAM_TIME(Type.HISTOGRAM, "freshet.upstream",
            "Time from a request to the head of its answer.", "upstream", "kind"),
    CREDENTIALS_REFUSED(Type.GAUGE, "freshet.upstream.credentials.refused",
            "Accounts of a registry whose credentials it rejects, so that Freshet retries them only now and then; 0 if"
                    + " the registry accepts all of them, or Freshet has used none.",
            "upstream"),
    UPSTREAM_HELD_BACK(Type.GAUGE, "freshet.upstream.held.back",
            "1 while a registry keeps failing and Freshet sends it only one probe at a time; 0 otherwise.",
            "upstream"),
    RATELIMIT_REMAINING(Type.GAUGE, "freshet.upstream.ratelimit.remaining",
            "Requests left of the registry's rate limit, as last announced; NaN when that is too old.",
            "upstream"),
    RATELIMIT_LIMIT(Type.GAUGE, "freshet.upstream.ratelimit.limit",
            "The rate limit of the registry, as last announced.", "upstream"),
    RATELIMIT_HOLDOFF(Type.GAUGE, "freshet.upstream.ratelimit.holdoff.seconds",
            "Seconds until Freshet sends requests again to a registry that answered 429 or 503; 0 if it sends all requests.",
            "upstream"),
    REDIRECT_REFRESHES(Type.COUNTER, "freshet.redirect.refreshes",
            "New signed URLs requested from a registry: the old one was `refused` or is `expiring`, or the transfer was"
                    + " `broken`.",
            "upstream", "reason"),
    RESUMES(Type.COUNTER, "freshet.resumes", "Transfers that continued where they, or an earlier fill, had stopped.",
            "upstream"),
    FILLS(Type.COUNTER, "freshet.fills", "Fills started."),
    FILLS_ENDED(Type.COUNTER, "freshet.fills.ended",
            "Fills ended, by outcome: " + ends() + ".",
            "end"),
    FILLS_ACTIVE(Type.GAUGE, "freshet.fills.active", "Fills that run or wait to start."),
    FILL_READERS(Type.GAUGE, "freshet.fill.readers", "Clients that read from running fills."),
    DIGEST_MISMATCHES(Type.COUNTER, "freshet.digest.mismatches",
            "Blobs whose upstream sent bytes with another digest.", "upstream"),
    DAMAGED_BLOBS(Type.COUNTER, "freshet.damaged.blobs", "Stored blobs found damaged and dropped."),
    LOST_BLOBS(Type.COUNTER, "freshet.lost.blobs",
            "Stored blobs whose records were lost with a damaged index; Freshet fetches them again."),
    CACHE_BYTES(Type.GAUGE, "freshet.cache.bytes",
            "Bytes on disk that the cache uses, including space reserved for running fills."),
    CACHE_LIMIT_BYTES(Type.GAUGE, "freshet.cache.limit.bytes", "Maximum size of the cache: `cache.max-size`."),
    CACHE_OBJECTS(Type.GAUGE, "freshet.cache.objects",
            "Stored blobs and manifests. The store does not distinguish them, so `kind` is always `all`.", "kind"),
    EVICTIONS(Type.COUNTER, "freshet.evictions", "Evicted blobs and manifests, by reason.", "reason"),
    EVICTED_BYTES(Type.COUNTER, "freshet.evicted.bytes", "Bytes on disk freed by evictions.", "reason"),
    STORE_WRITABLE(Type.GAUGE, "freshet.store.writable",
            "1 while Freshet stores new content; 0 while it streams new content without caching, since the disk is full or fails."),
    STORE_FAILURES(Type.COUNTER, "freshet.store.failures",
            "Failed calls of the store or its index; the requests continued without them."),
    LOG_DROPPED(Type.COUNTER, "freshet.log.dropped",
            "Log lines dropped, by reason: `full`, the queue of the output was full; `failed`, writing failed; `repeated`,"
                    + " a logger wrote more than 1000 warnings in a second.",
            "reason"),
    BUILD_INFO(Type.GAUGE, "freshet.build.info", "Always 1; the label is the version of this build.", "version");

    private final Type type;
    private final String id;
    private final String help;
    @SuppressWarnings("ImmutableEnumChecker") // List.of makes it
    private final List<String> labels;

    /** The type of a metric, which decides its suffix in Prometheus. */
    enum Type {

        /** A value that only grows. */
        COUNTER("_total"),
        /** A value that is read at each scrape. */
        GAUGE(""),
        /** A distribution of durations in seconds. */
        HISTOGRAM("_seconds");

        private final String suffix;

        Type(String suffix) {
            this.suffix = suffix;
        }
    }

    Metric(Type type, String id, String help, String... labels) {
        this.type = type;
        this.id = id;
        this.help = help;
        this.labels = List.of(labels);
    }

    private static String ends() {
        Map<String, String> words = new LinkedHashMap<>();
        for (FailureReason reason : FailureReason.values()) {
            words.merge(reason.label(), reason.words(), (first, second) -> first + ", or " + second);
        }
        return "`complete`, verified and stored; `passed`, verified, and not stored; " + words.entrySet().stream()
                .map(end -> "`" + end.getKey() + "`, " + end.getValue()).collect(Collectors.joining("; "));
    }

    Type type() {
        return type;
    }

    /** The name, as words joined by dots. */
    String id() {
        return id;
    }

    /** The name in Prometheus. */
    String prometheusName() {
        return id.replace('.', '_') + type.suffix;
    }

    /** The description, one sentence. */
    String help() {
        return help;
    }

    List<String> labels() {
        return labels;
    }
}
