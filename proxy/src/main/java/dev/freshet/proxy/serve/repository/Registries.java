package dev.freshet.proxy.serve.repository;

import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.GuardedCredentials.RefusedCredentials;
import dev.freshet.proxy.upstream.foreign.ForeignRules;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.registry.Registry;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.event.Level;

/** The configured upstreams, each with its freshness policy. */
public final class Registries {

    /** How long a client waits for a registry that does not answer, when the cache has something stale to serve. */
    public static final Duration PATIENCE_WITH_STALE = Duration.ofSeconds(5);

    private final Map<RegistryHost, Entry> entries;

    /**
     * One upstream.
     *
     * @param registry to ask
     * @param tagPolicy how long its tags may be relied on
     * @param linkPolicy how long its word that a repository holds something may be relied on
     * @param foreign which URLs of foreign layers may be asked for its sake
     * @param staleIfDenied whether tags and lists are served while it denies them, as while it fails
     */
    public record Entry(Registry registry, Freshness.Policy tagPolicy, Freshness.Policy linkPolicy,
            ForeignRules foreign, boolean staleIfDenied) {

        /** One whose links are good for a week, and for which no foreign layers may be fetched; its denials count. */
        public Entry(Registry registry, Freshness.Policy tagPolicy) {
            this(registry, tagPolicy, new Freshness.Policy(Duration.ofDays(7), tagPolicy.staleIfError()),
                    ForeignRules.none(registry.upstream().name().value()), false);
        }
    }

    public Registries(Map<RegistryHost, Entry> entries) {
        this.entries = Map.copyOf(entries);
    }

    /** How each of them is, by name, as far as is known from asking it; asks none of them. */
    public SortedMap<RegistryHost, Health> health() {
        SortedMap<RegistryHost, Health> all = new TreeMap<>(Comparator.comparing(RegistryHost::value));
        entries.forEach((name, entry) -> all.put(name, entry.registry().health()));
        return all;
    }

    /** Gives each of them, by name, to who wants to look at its health again and again. */
    public void watch(BiConsumer<RegistryHost, Supplier<Health>> watcher) {
        entries.forEach((name, entry) -> watcher.accept(name, entry.registry()::health));
    }

    /** Has each of them end waits that are over, and ask once more beside what is silent; as {@link Registry#look}. */
    public void look() {
        entries.values().forEach(entry -> entry.registry().look());
    }

    /** The rate limits that an upstream has stated. */
    public RateLimits limits(RegistryHost name) {
        return registry(name).limits();
    }

    /** The upstream of this name, which routing has looked up before. */
    public Registry registry(RegistryHost name) {
        return entry(name).registry();
    }

    /** How long this upstream's tags may be relied on. */
    public Freshness.Policy tagPolicy(RegistryHost name) {
        return entry(name).tagPolicy();
    }

    /** Those of an upstream's accounts whose credentials are refused. */
    public List<RefusedCredentials> refusedCredentials(RegistryHost name) {
        return registry(name).refusedCredentials();
    }

    /** The names of the upstreams that refuse an account's credentials, in order. */
    public List<RegistryHost> withRefusedCredentials() {
        return entries.keySet().stream().filter(name -> !refusedCredentials(name).isEmpty())
                .sorted(Comparator.comparing(RegistryHost::value)).toList();
    }

    /**
     * Whether what is kept may be served instead of this failure. An upstream that says no is believed,
     * unless it is configured otherwise; one that says nothing of what was asked, as it refuses Freshet's own account or
     * fails, is not waited for.
     */
    public boolean mayServeStale(RegistryHost name, UpstreamException failure) {
        return switch (failure.reason()) {
            case NOT_FOUND -> !failure.isItsWord() || entry(name).staleIfDenied();
            case UNAUTHORIZED, FORBIDDEN -> failure.isOfCredentials() || entry(name).staleIfDenied();
            default -> true;
        };
    }

    /** How loudly the log tells that stale content is served: at debug level where it has told of the whole upstream. */
    public static Level levelOf(UpstreamException failure) {
        return failure.isHeldBack() || failure.isOfCredentials() || failure.isRemembered() ? Level.DEBUG : Level.WARN;
    }

    /** Whether an upstream has said, so that it counts, that its repository does not hold something, or that it is not for us. */
    public boolean isDenial(RegistryHost name, UpstreamException failure) {
        return !mayServeStale(name, failure) && !failure.isHeldBack();
    }

    /** How long this upstream's word that a repository holds something may be relied on. */
    public Freshness.Policy linkPolicy(RegistryHost name) {
        return entry(name).linkPolicy();
    }

    /** Which URLs of foreign layers may be asked for this upstream's sake. */
    public ForeignRules foreignRules(RegistryHost name) {
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
