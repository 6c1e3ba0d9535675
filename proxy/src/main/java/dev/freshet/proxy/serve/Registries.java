package dev.freshet.proxy.serve;

import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.proxy.upstream.Registry;
import dev.freshet.proxy.upstream.foreign.ForeignRules;
import java.util.Map;

/** The configured upstreams, each with its freshness policy. */
public final class Registries {

    private final Map<RegistryHost, Entry> entries;

    /**
     * One upstream.
     *
     * @param registry to ask
     * @param tagPolicy how long its tags may be relied on
     * @param foreign which URLs of foreign layers may be asked for its sake
     */
    public record Entry(Registry registry, Freshness.Policy tagPolicy, ForeignRules foreign) {

        /** One for which no foreign layers may be fetched. */
        public Entry(Registry registry, Freshness.Policy tagPolicy) {
            this(registry, tagPolicy, ForeignRules.none(registry.upstream().name().value()));
        }
    }

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

    /** Which URLs of foreign layers may be asked for this upstream's sake. */
    ForeignRules foreignRules(RegistryHost name) {
        return entry(name).foreign();
    }

    private Entry entry(RegistryHost name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("upstream " + name + " is not configured");
        }
        return entry;
    }
}
