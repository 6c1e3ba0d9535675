package dev.freshet.proxy.serve;

import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.proxy.upstream.Registry;
import java.util.Map;

/** The configured upstreams, each with its freshness policy. */
public final class Registries {

    private final Map<RegistryHost, Entry> entries;

    /**
     * One upstream.
     *
     * @param registry to ask
     * @param tagPolicy how long its tags may be relied on
     */
    public record Entry(Registry registry, Freshness.Policy tagPolicy) {}

    public Registries(Map<RegistryHost, Entry> entries) {
        this.entries = Map.copyOf(entries);
    }

    /** The upstream of this name, which routing has looked up before. */
    Registry registry(RegistryHost name) {
        return entry(name).registry();
    }

    /** How long this upstream's tags may be relied on. */
    Freshness.Policy tagPolicy(RegistryHost name) {
        return entry(name).tagPolicy();
    }

    private Entry entry(RegistryHost name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("upstream " + name + " is not configured");
        }
        return entry;
    }
}
