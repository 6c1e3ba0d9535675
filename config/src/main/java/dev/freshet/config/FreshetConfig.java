package dev.freshet.config;

import dev.freshet.config.unit.DataSize;
import dev.freshet.config.unit.HostPort;
import dev.freshet.config.unit.InvalidValueException;
import dev.freshet.config.unit.Percentage;
import dev.freshet.config.unit.RegularExpression.TagPattern;
import dev.freshet.config.unit.RegularExpression.UrlPattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All options, checked one by one and against each other.
 *
 * @param listen address of the data port
 * @param admin the admin port
 * @param data absolute path of the data directory
 * @param defaultUpstream one of the upstreams
 * @param upstreams by name, in the order they were written
 * @param cache limits of the cache
 * @param freshness how long content stays fresh
 * @param fetch transfers from upstreams
 * @param foreignLayers rules for URLs of foreign layers
 */
public record FreshetConfig(
        @Option(doc = "Address of the data port, which serves clients.", defaultValue = "0.0.0.0:5000") HostPort listen,
        @Option(doc = "The admin port.") AdminConfig admin,
        @Option(doc = "Directory of the cache.", defaultValue = "./freshet-data") Path data,
        @Option(doc = "Upstream of requests that name no upstream.", defaultValue = "docker.io") UpstreamName defaultUpstream,
        @Option(doc = "The registries that Freshet mirrors, by the name that image names use.") Map<UpstreamName, UpstreamConfig> upstreams,
        @Option(doc = "Limits of the cache.") CacheConfig cache,
        @Option(doc = "How long content stays fresh.") FreshnessConfig freshness,
        @Option(doc = "Transfers from upstreams.") FetchConfig fetch,
        @Option(doc = "Layers that manifests list with URLs, as in Windows images.") ForeignLayersConfig foreignLayers) {

    public FreshetConfig {
        upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
    }

    /** The same options with other upstreams. */
    public FreshetConfig withUpstreams(Map<UpstreamName, UpstreamConfig> others) {
        return new FreshetConfig(listen, admin, data, defaultUpstream, others, cache, freshness, fetch,
                foreignLayers);
    }

    /**
     * The options of the admin port.
     *
     * @param listen address to listen on
     */
    public record AdminConfig(
            @Option(doc = "Address of the admin port: health, metrics and API. The port has no password: keep it private.", defaultValue = "127.0.0.1:5001") HostPort listen) {}

    /**
     * The limits of the cache.
     *
     * @param maxSize limit of all files together
     * @param memory off-heap budget
     */
    public record CacheConfig(
            @Option(doc = "Maximum disk space of the cache. The least used content is evicted when it is reached.", defaultValue = "50GiB", min = "64MiB") DataSize maxSize,
            @Option(doc = "Off-heap memory for chunks of running fills and hot chunks, in addition to the Java heap.", defaultValue = "256MiB", min = "64MiB") DataSize memory) {}

    /**
     * The times that content stays fresh.
     *
     * @param tagTtl zero revalidates at each request
     * @param staleIfError zero never serves stale content
     * @param linkTtl zero revalidates at each request
     * @param negativeTtl zero revalidates at each request
     * @param immutableTags patterns that match whole tags
     * @param ratelimitReserve part of the limit that the registry announces
     */
    public record FreshnessConfig(
            @Option(doc = "How long Freshet serves a tag before it revalidates it with HEAD. 0s revalidates at each request.", defaultValue = "1m", min = "0s", max = "3650d") Duration tagTtl,
            @Option(doc = "How long after its TTL Freshet serves a tag or a cached 404 while the upstream fails. 0s serves nothing stale.", defaultValue = "30d", min = "0s", max = "3650d") Duration staleIfError,
            @Option(doc = "How long Freshet trusts that a repository contains a digest before it confirms it with HEAD. For a seventh of that time more, requests do not wait for the confirmation. 0s confirms at each request.", defaultValue = "7d", min = "0s", max = "3650d") Duration linkTtl,
            @Option(doc = "How long Freshet caches a 404 of an upstream. 0s asks the upstream at each request.", defaultValue = "10s", min = "0s", max = "1d") Duration negativeTtl,
            @Option(doc = "Tags that never move. Freshet fetches them once and never revalidates them. A pattern must match the whole tag.") List<TagPattern> immutableTags,
            @Option(doc = "When less than this part of a registry's rate limit is left, Freshet revalidates tags less often. 0% turns this off.", defaultValue = "10%", min = "0%", max = "100%") Percentage ratelimitReserve) {

        public FreshnessConfig {
            immutableTags = List.copyOf(immutableTags);
        }

        /** Whether a tag is never revalidated. */
        public boolean isImmutable(String tag) {
            return immutableTags.stream().anyMatch(pattern -> pattern.matches(tag));
        }
    }

    /**
     * The options of transfers from upstreams.
     *
     * @param stallTimeout more than zero
     * @param manifestTimeout more than zero
     * @param fillTimeout more than zero
     * @param connectionsPerBlob 1 or more
     * @param maxFills 1 or more
     * @param prefetch content that is fetched before a client asks for it
     */
    public record FetchConfig(
            @Option(doc = "Longest time without a byte from the upstream, retries included; also the limit for the first byte. Then Freshet cuts the client off.", defaultValue = "60s", min = "1s", max = "1h") Duration stallTimeout,
            @Option(doc = "Longest time for a manifest or a page of a list, retries included. Freshet serves a stale copy sooner, if the cache has one.", defaultValue = "30s", min = "1s", max = "10m") Duration manifestTimeout,
            @Option(doc = "Longest time for one fill. The next request continues from the stored bytes.", defaultValue = "24h", min = "1m", max = "30d") Duration fillTimeout,
            @Option(doc = "Maximum number of connections for one large blob. Freshet uses one if the upstream does not support ranges.", defaultValue = "4", min = "1", max = "64") int connectionsPerBlob,
            @Option(doc = "Maximum number of fills at the same time.", defaultValue = "64", min = "1", max = "4096") int maxFills,
            @Option(doc = "`layers`: a request for a manifest starts fills of the layers of its image in the background.", defaultValue = "none") Prefetch prefetch) {}

    /** The content that Freshet fetches before a client asks for it. */
    public enum Prefetch {

        /** Nothing. */
        NONE,
        /** The config and layers of an image, when a client asks for its manifest. */
        LAYERS;

        /**
         * Reads the lower-case word of a value.
         *
         * @throws InvalidValueException for any other word
         */
        public static Prefetch parse(String text) {
            return switch (text) {
                case "none" -> NONE;
                case "layers" -> LAYERS;
                default -> throw new InvalidValueException(text, "is not valid: use none or layers");
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The rules for URLs of foreign layers.
     *
     * @param allow patterns that can match an http or https URL
     * @param deny patterns that override {@code allow}
     */
    public record ForeignLayersConfig(
            @Option(doc = "Allowed URLs of foreign layers. A pattern must match from the first character of the URL to its end or to a `/`. An empty list allows no URL.") List<UrlPattern> allow,
            @Option(doc = "Denied URLs of foreign layers, even if `allow` matches. A pattern may match any part of the URL.") List<UrlPattern> deny) {

        public ForeignLayersConfig {
            allow = List.copyOf(allow);
            deny = List.copyOf(deny);
        }
    }
}
