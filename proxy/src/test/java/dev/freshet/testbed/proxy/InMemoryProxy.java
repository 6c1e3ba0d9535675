package dev.freshet.testbed.proxy;

import dev.freshet.cache.catalog.InMemoryCatalog;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.InMemoryBlobStore;
import dev.freshet.config.unit.HostRule;
import dev.freshet.proxy.http.DataServer;
import dev.freshet.proxy.meter.EventLog;
import dev.freshet.proxy.meter.Meters;
import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.route.UpstreamNames;
import dev.freshet.proxy.serve.RegistryService;
import dev.freshet.proxy.serve.repository.PullListener;
import dev.freshet.proxy.serve.repository.Registries;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.registry.Registry;
import dev.freshet.testbed.ManualClock;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.registry.RegistrySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A data port before a fake registry called {@code lab}, over a store and a catalog on the heap whose failures are data.
 * After every test no fill, no blob and no writer is left open.
 */
public final class InMemoryProxy implements BeforeEachCallback, AfterEachCallback {

    private static final RegistryHost LAB = new RegistryHost("lab");

    private @Nullable Parts parts;

    private record Parts(FakeRegistry registry, InMemoryBlobStore store, InMemoryCatalog catalog, ManualScheduler pace,
            Meters meters, LogCapture log, ExecutorService threads, Registry upstream, ContentCache cache,
            DataServer server, Client client) {}

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        FakeRegistry registry = new FakeRegistry(RegistrySettings.DEFAULTS.clock(new ManualClock()));
        InMemoryBlobStore store = new InMemoryBlobStore();
        InMemoryCatalog catalog = new InMemoryCatalog();
        ManualScheduler pace = new ManualScheduler();
        Meters meters = new Meters("test");
        LogCapture log = new LogCapture();
        EventLog lines = new EventLog(pace::nanoTime);
        Consumer<Event> events = event -> {
            meters.accept(event);
            lines.accept(event);
        };
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Registry upstream = new Registry(Upstream.at(LAB, URI.create(registry.url()), List.of(), List.of(),
                List.of(HostRule.parse(registry.storageAuthority())), Optional.empty()), Duration.ofSeconds(60),
                Duration.ofSeconds(30), Duration.ofSeconds(10), events,
                new ManualClock(), pace, threads);
        ContentCache cache = new ContentCache(store, threads, threads, events);
        meters.watch(store, cache);
        Registries registries = new Registries(Map.of(LAB, new Registries.Entry(upstream,
                new Freshness.Policy(Duration.ofMinutes(1), Duration.ofDays(1)))));
        RegistryService service = new RegistryService(registries, store, cache, catalog, () -> 0, events,
                PullListener.NONE,
                new ManualClock(), threads);
        Router router = new Router(
                new UpstreamNames(LAB, List.of(new UpstreamNames.Names(LAB, List.of(), List.of()))));
        DataServer server = DataServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), router,
                service, threads, events, pace::nanoTime);
        parts = new Parts(registry, store, catalog, pace, meters, log, threads, upstream, cache, server, new Client());
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Parts open = parts();
        open.client.close();
        assertThat(open.server.drain(Duration.ofSeconds(60))).as("requests ended").isTrue();
        open.server.close();
        open.cache.close();
        open.threads.shutdown();
        assertThat(open.threads.awaitTermination(60, TimeUnit.SECONDS)).as("threads ended").isTrue();
        open.upstream.close();
        open.registry.close();
        open.meters.close();
        open.log.close();
        assertThat(open.cache.fills()).as("fills left").isZero();
        assertThat(open.store.openBlobs()).as("blobs left open").isZero();
        assertThat(open.store.openWriters()).as("writers left open").isZero();
    }

    /** The upstream, {@code lab}. */
    public FakeRegistry registry() {
        return parts().registry;
    }

    /** Where content is kept. */
    public InMemoryBlobStore store() {
        return parts().store;
    }

    /** Where facts are kept. */
    public InMemoryCatalog catalog() {
        return parts().catalog;
    }

    /** Store and catalog fail every call, or none any more. */
    public void breakDisk(boolean broken) {
        store().failCalls(broken);
        catalog().failCalls(broken);
    }

    /** Somebody who pulls. */
    public Client client() {
        return parts().client;
    }

    /** The proxy's elapsed time. */
    public ManualScheduler pace() {
        return parts().pace;
    }

    /** What was logged so far. */
    public List<String> log() {
        return parts().log.lines();
    }

    /** The address of something in a repository: {@code blobs/sha256:...}. */
    public String url(String repository, String path) {
        InetSocketAddress address = parts().server.address();
        return "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/v2/" + repository + "/"
                + path;
    }

    /** Gets a blob of a repository. */
    public Got blob(String repository, Digest digest, String... headers) {
        return client().get(url(repository, "blobs/" + digest), headers);
    }

    /** Gets a manifest of a repository. */
    public Got manifest(String repository, String reference) {
        return client().get(url(repository, "manifests/" + reference));
    }

    /** The sum of a metric's samples that have all these labels, each as {@code name="value"}. */
    public long metric(String name, String... labels) {
        return Samples.sum(parts().meters.scrape(), name, labels);
    }

    /** Waits until every fill has ended. */
    public void awaitNoFills() {
        while (parts().cache.fills() > 0 || store().openWriters() > 0) {
            Thread.onSpinWait();
        }
    }

    private Parts parts() {
        Parts known = parts;
        if (known == null) {
            throw new IllegalStateException("used outside of a test");
        }
        return known;
    }
}
