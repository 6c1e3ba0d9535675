package dev.freshet.proxy.route;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.config.unit.HostRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The configured upstreams by every name that clients may use for them. */
public final class UpstreamNames {

    private final RegistryHost defaultUpstream;
    private final List<RegistryHost> all;
    private final Map<String, RegistryHost> byName = new LinkedHashMap<>();
    private final Map<HostRule, RegistryHost> byHost = new LinkedHashMap<>();

    /**
     * One upstream's names.
     *
     * @param name what images call it
     * @param aliases other names for it
     * @param hosts {@code Host} headers that mean it
     */
    public record Names(RegistryHost name, List<String> aliases, List<HostRule> hosts) {}

    /**
     * @param defaultUpstream what is meant when nothing is named; one of them
     * @param upstreams all of them; no two share a name
     */
    public UpstreamNames(RegistryHost defaultUpstream, List<Names> upstreams) {
        this.defaultUpstream = defaultUpstream;
        this.all = upstreams.stream().map(Names::name).toList();
        for (Names upstream : upstreams) {
            byName.put(upstream.name().value(), upstream.name());
            upstream.aliases().forEach(alias -> byName.put(key(alias), upstream.name()));
            upstream.hosts().forEach(host -> byHost.put(host, upstream.name()));
        }
        if (!all.contains(defaultUpstream)) {
            throw new IllegalArgumentException("default-upstream " + defaultUpstream + " is not configured; add it");
        }
    }

    /** The upstream of requests that name none. */
    RegistryHost defaultUpstream() {
        return defaultUpstream;
    }

    /** The upstream of this name or alias. */
    Optional<RegistryHost> named(String name) {
        return Optional.ofNullable(byName.get(key(name)));
    }

    /** The upstream that this {@code Host} header means. */
    Optional<RegistryHost> atHost(String host, int port) {
        return byHost.entrySet().stream().filter(entry -> entry.getKey().covers(host, port)).map(Map.Entry::getValue)
                .findFirst();
    }

    /** All of them, for messages. */
    List<RegistryHost> all() {
        return all;
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
