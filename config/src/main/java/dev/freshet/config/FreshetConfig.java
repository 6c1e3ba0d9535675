package dev.freshet.config;

import dev.freshet.config.unit.HostPort;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
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
}
