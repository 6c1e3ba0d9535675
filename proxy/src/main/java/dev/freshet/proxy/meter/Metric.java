package dev.freshet.proxy.meter;

import dev.freshet.cache.fill.EndKind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Every metric of Freshet's own. What is counted is in this list, and {@code docs/metrics.md} is written from it. Labels
 * hold words of closed lists and configured names only, so that no client can make more of them.
 */
enum Metric {

    REQUESTS(Type.COUNTER, "freshet.requests", "Requests of clients.", "kind", "upstream", "outcome"),
    CLIENT_BYTES(Type.COUNTER, "freshet.client.bytes",
            "Bytes of bodies sent to clients, by where they came from.", "source"),
    REQUEST_TIME(Type.HISTOGRAM, "freshet.request", "Time from a request's head to the end of its answer.", "kind"),
    UPSTREAM_REQUESTS(Type.COUNTER, "freshet.upstream.requests",
            "Requests to upstreams, to their storage, and to URLs of foreign layers.", "upstream", "kind", "status"),
    UPSTREAM_BYTES(Type.COUNTER, "freshet.upstream.bytes", "Bytes of bodies received from upstreams.", "upstream"),
    UPSTREAM_TIME(Type.HISTOGRAM, "freshet.upstream",
            "Time from a request to the head of its answer.", "upstream", "kind"),
    CREDENTIALS_REFUSED(Type.GAUGE, "freshet.upstream.credentials.refused",
            "Accounts of a registry whose credentials it refuses, so that they are shown once in a while only; 0 when all"
                    + " are taken, or none were shown.",
            "upstream"),
    UPSTREAM_HELD_BACK(Type.GAUGE, "freshet.upstream.held.back",
            "1 while a registry is not asked, except for one probe at a time, as it has failed again and again; 0"
                    + " otherwise.",
            "upstream"),
    RATELIMIT_REMAINING(Type.GAUGE, "freshet.upstream.ratelimit.remaining",
            "Calls that are left of the registry's limit, as it has last said; not a number once that was too long ago.",
            "upstream"),
    RATELIMIT_LIMIT(Type.GAUGE, "freshet.upstream.ratelimit.limit",
            "The limit that these are left of.", "upstream"),
    RATELIMIT_HOLDOFF(Type.GAUGE, "freshet.upstream.ratelimit.holdoff.seconds",
            "How long something will not be asked of the registry, which has answered 429 or 503; 0 when all may be.",
            "upstream"),
    REDIRECT_REFRESHES(Type.COUNTER, "freshet.redirect.refreshes",
            "Times a registry was asked again for a blob: the signed URL was `refused` or is `expiring`, or what came was"
                    + " `broken`.",
            "upstream", "reason"),
    RESUMES(Type.COUNTER, "freshet.resumes", "Transfers that went on where they, or an earlier fill, had stopped.",
            "upstream"),
    FILLS(Type.COUNTER, "freshet.fills", "Blobs that were begun to be fetched."),
    FILLS_ENDED(Type.COUNTER, "freshet.fills.ended",
            "Fetches of blobs that have ended, by how: " + ends() + ".",
            "end"),
    FILLS_ACTIVE(Type.GAUGE, "freshet.fills.active", "Blobs being fetched, or waiting to be."),
    FILL_READERS(Type.GAUGE, "freshet.fill.readers", "Clients reading blobs that are being fetched."),
    DIGEST_MISMATCHES(Type.COUNTER, "freshet.digest.mismatches",
            "Blobs whose upstream sent something else.", "upstream"),
    DAMAGED_BLOBS(Type.COUNTER, "freshet.damaged.blobs", "Stored blobs that turned out damaged, and were dropped."),
    LOST_BLOBS(Type.COUNTER, "freshet.lost.blobs",
            "Stored blobs whose records were lost with damage to the index, so that they are fetched again."),
    CACHE_BYTES(Type.GAUGE, "freshet.cache.bytes",
            "Bytes of the disk that the store takes, those it has promised to running fetches included."),
    CACHE_LIMIT_BYTES(Type.GAUGE, "freshet.cache.limit.bytes", "What `cache.max-size` allows."),
    CACHE_OBJECTS(Type.GAUGE, "freshet.cache.objects",
            "Blobs and manifests stored; the store does not tell them apart, so `kind` is always `all`.", "kind"),
    EVICTIONS(Type.COUNTER, "freshet.evictions", "Stored blobs and manifests that had to go, by why.", "reason"),
    EVICTED_BYTES(Type.COUNTER, "freshet.evicted.bytes", "Bytes of the disk that evictions have freed.", "reason"),
    STORE_WRITABLE(Type.GAUGE, "freshet.store.writable",
            "1 while new content is stored; 0 while it only passes through, as the disk is full or fails."),
    STORE_FAILURES(Type.COUNTER, "freshet.store.failures",
            "Calls of the store or of its index that have failed; the requests went on without them."),
    LOG_DROPPED(Type.COUNTER, "freshet.log.dropped",
            "Lines of the log that were not written, by why: `full`, the queue before the output was full; `failed`,"
                    + " writing failed; `repeated`, a logger warned more than 1000 times in a second.",
            "reason"),
    BUILD_INFO(Type.GAUGE, "freshet.build.info", "Always 1; the label is this build's version.", "version");

    private final Type type;
    private final String id;
    private final String help;
    @SuppressWarnings("ImmutableEnumChecker") // List.of makes it
    private final List<String> labels;

    /** What is done with it, and so what Prometheus shows of it. */
    enum Type {

        /** Only grows. */
        COUNTER("_total"),
        /** Is read when it is asked for. */
        GAUGE(""),
        /** Seconds: how many, their sum, and how many within each of some bounds. */
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
        return Arrays.stream(EndKind.values()).map(end -> "`" + end.label() + "`, " + end.words())
                .collect(Collectors.joining("; "));
    }

    Type type() {
        return type;
    }

    /** Its name, in words joined by dots. */
    String id() {
        return id;
    }

    /** Its name as Prometheus sees it. */
    String prometheusName() {
        return id.replace('.', '_') + type.suffix;
    }

    /** One sentence. */
    String help() {
        return help;
    }

    List<String> labels() {
        return labels;
    }
}
