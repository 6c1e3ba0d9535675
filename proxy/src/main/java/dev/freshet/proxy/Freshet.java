package dev.freshet.proxy;

import dev.freshet.cache.LocalStorage;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.Fetching;
import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.fresh.SteadyClock;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.storage.Storage;
import dev.freshet.cache.storage.StorageOptions;
import dev.freshet.cache.store.Event;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.FreshetConfig.FetchConfig;
import dev.freshet.config.UpstreamConfig;
import dev.freshet.config.UpstreamName;
import dev.freshet.config.unit.HostPort;
import dev.freshet.proxy.admin.AdminServer;
import dev.freshet.proxy.admin.Api;
import dev.freshet.proxy.admin.InspectEndpoint;
import dev.freshet.proxy.admin.PrefetchEndpoint;
import dev.freshet.proxy.admin.Readiness;
import dev.freshet.proxy.admin.StatusEndpoint;
import dev.freshet.proxy.doctor.Doctor;
import dev.freshet.proxy.http.DataServer;
import dev.freshet.proxy.http.IoThreads;
import dev.freshet.proxy.http.Listening;
import dev.freshet.proxy.log.LogQueue;
import dev.freshet.proxy.meter.EventLog;
import dev.freshet.proxy.meter.Meters;
import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.route.UpstreamNames;
import dev.freshet.proxy.serve.InspectService;
import dev.freshet.proxy.serve.RegistryService;
import dev.freshet.proxy.serve.document.Platform;
import dev.freshet.proxy.serve.prefetch.PrefetchService;
import dev.freshet.proxy.serve.prefetch.Prefetcher;
import dev.freshet.proxy.serve.repository.Facts;
import dev.freshet.proxy.serve.repository.PullListener;
import dev.freshet.proxy.serve.repository.Registries;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.foreign.ForeignRules;
import dev.freshet.proxy.upstream.registry.AbsenceNotes;
import dev.freshet.proxy.upstream.registry.Registry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running proxy: all parts, opened in order and closed in reverse order. */
public final class Freshet implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("freshet");

    private static final Duration DOCTOR_TIMEOUT = Duration.ofSeconds(40);
    private static final Duration TIDY_INTERVAL = Duration.ofSeconds(5);
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(250);

    private final OpenResources resources;
    private final AtomicBoolean draining = new AtomicBoolean();
    private final DataServer data;
    private final AdminServer admin;

    private Freshet(FreshetConfig config, OpenResources resources, InstantSource clock, Scheduler pace)
            throws IOException {
        this.resources = resources;
        InetSocketAddress listen = socketAddress(config.listen());
        InetSocketAddress adminListen = socketAddress(config.admin().listen());
        Listening.requireFree(adminListen, "admin.listen");
        Listening.requireFree(listen, "listen");
        Meters meters = resources.add(new Meters(Version.current()));
        StoreWatch watch = new StoreWatch();
        List<Consumer<Event>> sinks = new CopyOnWriteArrayList<>(
                List.of(meters, resources.add(new EventLog(pace::nanoTime)), watch));
        Consumer<Event> events = event -> sinks.forEach(sink -> sink.accept(event));
        Storage storage = resources.add(LocalStorage.open(storageOptions(config), events));
        warnOfSmallDisk(config, storage.blobs().space().used());
        ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor();
        resources.add(waiting::shutdownNow);
        FetchConfig fetch = config.fetch();
        FillThreads connections = resources
                .add(FillThreads.forConnections(fetch.maxFills(), fetch.connectionsPerBlob()));
        FillThreads fills = resources.add(FillThreads.forFills(fetch.maxFills()));
        Registries registries = registries(config, resources, new Facts(storage.catalog(), events), events, clock,
                pace, waiting);
        ExecutorService housekeeping = resources.add(Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("housekeeping").factory()));
        ContentCache cache = resources.add(new ContentCache(storage.blobs(), fills, connections, housekeeping,
                Fetching.with(fetch.connectionsPerBlob(), pace::nanoTime).within(fetch.fillTimeout()), events));
        meters.watch(storage.blobs(), cache);
        LogQueue.configured().ifPresent(meters::watch);
        registries.watch(meters::watch);
        registries.health().keySet().forEach(name -> meters.watchCredentials(name,
                () -> registries.refusedCredentials(name).size()));
        Prefetcher prefetcher = resources.add(new Prefetcher(registries, cache, storage.blobs()::space,
                fetch.maxFills(), waiting, pace::nanoTime));
        sinks.add(prefetcher);
        resources.add(pace.every(TIDY_INTERVAL, prefetcher::tidy));
        resources.add(pace.every(WATCH_INTERVAL, () -> {
            registries.look();
            cache.look();
        }));
        PullListener pulls = switch (fetch.prefetch()) {
            case NONE -> PullListener.NONE;
            case LAYERS -> prefetcher;
        };
        RegistryService service = new RegistryService(registries, storage.blobs(), cache, storage.catalog(),
                watch::losses, events, pulls, clock, waiting);
        Router router = new Router(names(config));
        PrefetchService prefetches = new PrefetchService(router, service, prefetcher, cache, storage.blobs()::space,
                Platform.ofThisMachine());
        Supplier<Readiness> readiness = () -> Readiness.of(draining.get(), storage.blobs().space(),
                watch.whyUnwritable(), registries.withRefusedCredentials());
        Api api = new Api(List.of(new PrefetchEndpoint(prefetches),
                new InspectEndpoint(new InspectService(router, service, registries, cache, storage.catalog())),
                new StatusEndpoint(Version.current(), clock, readiness, storage.blobs()::space, cache, registries)),
                waiting);
        IoThreads ioThreads = new IoThreads(pace::nanoTime);
        this.data = resources.add(DataServer.start(listen, router, service, waiting, events, pace::nanoTime));
        data.watchedBy(ioThreads);
        // the last: what says that Freshet is alive and ready says so when requests are taken
        this.admin = resources.add(AdminServer.start(adminListen, ioThreads::stuck, readiness, meters::scrape, api));
        resources.add(pace.every(IoThreads.INTERVAL, ioThreads::ask));
    }

    /**
     * Starts a proxy. It also starts when its upstreams are down.
     *
     * @throws IOException if a port, the data directory or a CA file cannot be used
     */
    public static Freshet start(FreshetConfig config) throws IOException {
        return start(config, new SteadyClock(InstantSource.system(), Scheduler.SYSTEM::nanoTime), Scheduler.SYSTEM);
    }

    /** Starts a proxy with a given clock and scheduler. */
    public static Freshet start(FreshetConfig config, InstantSource clock, Scheduler pace) throws IOException {
        OpenResources resources = new OpenResources();
        try {
            return new Freshet(config, resources, clock, pace);
        } catch (IOException | RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    /** A doctor for the upstreams of a configuration. It needs no running proxy. */
    public static Doctor doctor(FreshetConfig config) {
        List<Upstream> upstreams = config.upstreams().entrySet().stream()
                .map(configured -> upstream(config, configured.getKey()))
                .toList();
        return new Doctor(upstreams, new Router(names(config)), DOCTOR_TIMEOUT, InstantSource.system(),
                Scheduler.SYSTEM);
    }

    /** The address of the data port. */
    public InetSocketAddress address() {
        return data.address();
    }

    /** The address of the admin port. */
    public InetSocketAddress adminAddress() {
        return admin.address();
    }

    /**
     * Makes the proxy not ready, rejects new requests, and waits for running requests.
     *
     * @return whether all requests ended in time
     */
    public boolean drain(Duration timeout) throws InterruptedException {
        draining.set(true);
        return data.drain(timeout);
    }

    @Override
    public void close() {
        draining.set(true);
        resources.close();
    }

    private static Registries registries(FreshetConfig config, OpenResources resources, AbsenceNotes absences,
            Consumer<Event> events, InstantSource clock, Scheduler pace, ExecutorService executor) throws IOException {
        Map<RegistryHost, Registries.Entry> entries = new HashMap<>();
        for (var configured : config.upstreams().entrySet()) {
            RegistryHost name = new RegistryHost(configured.getKey().value());
            UpstreamConfig options = configured.getValue();
            Upstream upstream = upstream(config, configured.getKey());
            Registry registry = resources
                    .add(new Registry(upstream, config.fetch().stallTimeout(), config.fetch().manifestTimeout(),
                            config.freshness().negativeTtl(), config.freshness().staleIfError(), absences, events,
                            clock, pace, executor));
            Freshness.Policy tagPolicy = new Freshness.Policy(
                    options.tagTtl().orElse(config.freshness().tagTtl()), config.freshness().staleIfError(),
                    tag -> config.freshness().isImmutable(tag.value()),
                    config.freshness().ratelimitReserve().share());
            Freshness.Policy linkPolicy = new Freshness.Policy(config.freshness().linkTtl(),
                    config.freshness().staleIfError());
            entries.put(name, new Registries.Entry(registry, tagPolicy, linkPolicy, new ForeignRules(name.value(),
                    config.foreignLayers().allow(), config.foreignLayers().deny(), options.redirectHosts()),
                    options.staleIfDenied()));
        }
        return new Registries(entries);
    }

    /** A configured upstream, with the URLs of the other upstreams. */
    static Upstream upstream(FreshetConfig config, UpstreamName name) {
        UpstreamConfig options = Objects.requireNonNull(config.upstreams().get(name));
        List<URI> others = config.upstreams().values().stream().map(UpstreamConfig::url)
                .filter(url -> !url.equals(options.url())).toList();
        return Upstream
                .at(new RegistryHost(name.value()), options.url(), options.credentials(), options.tokenHosts(),
                        options.redirectHosts(), options.caFile())
                .before(options.manifestHosts(), others);
    }

    private static UpstreamNames names(FreshetConfig config) {
        List<UpstreamNames.Names> names = new ArrayList<>();
        config.upstreams()
                .forEach((name, options) -> names.add(new UpstreamNames.Names(new RegistryHost(name.value()),
                        options.aliases().stream().map(alias -> alias.value()).toList(), options.hosts())));
        return new UpstreamNames(new RegistryHost(config.defaultUpstream().value()), names);
    }

    private static StorageOptions storageOptions(FreshetConfig config) {
        return new StorageOptions(config.data(), config.cache().memory().bytes(), config.cache().maxSize().bytes());
    }

    private static void warnOfSmallDisk(FreshetConfig config, long used) {
        Path data = config.data();
        try {
            DiskRoom.of(data, config.cache().maxSize().bytes(), used).warning(data)
                    .ifPresent(warning -> LOG.warn("{}", warning));
        } catch (IOException e) {
            LOG.warn("check of the free disk space of {} failed: {}", data, e.toString());
        }
    }

    private static InetSocketAddress socketAddress(HostPort listen) {
        return new InetSocketAddress(listen.host(), listen.port());
    }
}
