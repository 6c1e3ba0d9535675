package dev.freshet.config;

import dev.freshet.config.unit.HostPort;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All options, checked, also against each other.
 *
 * @param listen where clients are served
 * @param admin the management port
 * @param data where everything is kept; absolute
 * @param defaultUpstream one of the upstreams
 * @param upstreams by name, in the order they were written
 * @param cache what is kept, and where
 * @param freshness when upstreams are asked again
 * @param fetch how content is fetched
 * @param foreignLayers which URLs of layers may be asked
 */
public record FreshetConfig(
        @Option(doc = "Address of the data port, which serves clients.", defaultValue = "0.0.0.0:5000") HostPort listen,
        @Option(doc = "The management port.") AdminConfig admin,
        @Option(doc = "Directory that holds everything stored.", defaultValue = "./freshet-data") Path data,
        @Option(doc = "The upstream of requests that name none.", defaultValue = "docker.io") UpstreamName defaultUpstream,
        @Option(doc = "The registries that may be asked, by the name that images call them.") Map<UpstreamName, UpstreamConfig> upstreams,
        @Option(doc = "What is kept, and where.") CacheConfig cache,
        @Option(doc = "When upstreams are asked again.") FreshnessConfig freshness,
        @Option(doc = "How content is fetched.") FetchConfig fetch,
        @Option(doc = "Layers that manifests list with URLs, as those of Windows images.") ForeignLayersConfig foreignLayers) {

    public FreshetConfig {
        upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
    }

    /** The same options with other upstreams. */
    public FreshetConfig withUpstreams(Map<UpstreamName, UpstreamConfig> others) {
        return new FreshetConfig(listen, admin, data, defaultUpstream, others, cache, freshness, fetch,
                foreignLayers);
    }
}
