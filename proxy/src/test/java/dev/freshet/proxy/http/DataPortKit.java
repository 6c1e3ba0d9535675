package dev.freshet.proxy.http;

import dev.freshet.cache.catalog.InMemoryCatalog;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.InMemoryBlobStore;
import dev.freshet.config.unit.HostRule;
import dev.freshet.proxy.http.BodyPump.BodyBuffers;
import dev.freshet.proxy.route.Router;
import dev.freshet.proxy.route.UpstreamNames;
import dev.freshet.proxy.serve.RegistryService;
import dev.freshet.proxy.serve.repository.PullListener;
import dev.freshet.proxy.serve.repository.Registries;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.registry.Registry;
import dev.freshet.testbed.ManualClock;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.registry.RegistrySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A data port over in-memory stores and a fake registry called {@code lab}, which holds one image of one layer. After
 * each test no blob, no writer and no buffer may be in use.
 */
abstract class DataPortKit {

    static final String MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";
    static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);
    static final byte[] LAYER = BlobStoreKit.bytes(3, 200_000);
    static final Digest LAYER_DIGEST = Digest.sha256(LAYER);
    static final String BLOB = "/v2/lab/app/blobs/" + LAYER_DIGEST;
    static final String MANIFEST = "/v2/lab/app/manifests/1";

    /** Hosts that mean the upstream {@code localhost:5000}; all others mean {@code lab}. */
    static final List<HostRule> MIRRORS = List.of(HostRule.parse("mirror.example.com"),
            HostRule.parse("secure.example.com:443"), HostRule.parse("plain.example.com:80"),
            HostRule.parse("[::1]:8"));

    final FakeRegistry registry = new FakeRegistry(RegistrySettings.DEFAULTS.withoutRedirects());
    final InMemoryBlobStore store = new InMemoryBlobStore();
    final ManualClock clock = new ManualClock();
    final AtomicLong losses = new AtomicLong();
    final RecordingLog log = new RecordingLog();
    final CountingBuffers buffers = new CountingBuffers(16 * 1024);
    final CountingBuffers largeBuffers;
    final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    final ContentCache cache = new ContentCache(store, threads, Runnable::run, event -> {});
    final byte[] manifest = manifest();
    final Digest manifestDigest = Digest.sha256(manifest);

    private Registry upstream = upstream(registry.url());
    private final int ioThreads;
    private DataServer server;

    DataPortKit() {
        this(2, 256 * 1024);
    }

    /** @param largeBuffer bytes of the buffers that clients in a hurry are sent from */
    DataPortKit(int ioThreads, int largeBuffer) {
        this.ioThreads = ioThreads;
        this.largeBuffers = new CountingBuffers(largeBuffer);
        this.server = start(DataServer.Bounds.DEFAULTS);
    }

    @BeforeEach
    void fillRegistry() {
        registry.blob("app", LAYER);
        registry.tag("app", "1", registry.manifest("app", MEDIA_TYPE, manifest));
    }

    @AfterEach
    void nothingIsLeftOpen() throws Exception {
        assertThat(server.drain(Duration.ofSeconds(60))).as("requests ended").isTrue();
        int buffersOut = buffers.out() + largeBuffers.out();
        server.close();
        cache.close();
        threads.shutdown();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).as("threads ended").isTrue();
        upstream.close();
        registry.close();
        assertThat(buffersOut).as("buffers in use").isZero();
        assertThat(store.openBlobs()).as("blobs open").isZero();
        assertThat(store.openWriters()).as("writers open").isZero();
    }

    InetSocketAddress address() {
        return server.address();
    }

    RawClient client() throws Exception {
        return new RawClient(address());
    }

    /** What one GET of a path gives. */
    RawAnswer get(String path, String... headers) throws Exception {
        try (RawClient client = client()) {
            return client.get(path, headers).answer();
        }
    }

    /** What one HEAD of a path gives. */
    RawAnswer head(String path, String... headers) throws Exception {
        try (RawClient client = client()) {
            return client.method("HEAD", path, headers).head();
        }
    }

    /** Stops the server and starts one that waits no longer than this for heads. */
    void restart(Duration parseTimeout) {
        server.close();
        server = start(new DataServer.Bounds(parseTimeout, Duration.ofSeconds(60)));
    }

    /** Tells the server to stop; whether all requests ended in time. */
    boolean drain(Duration timeout) throws InterruptedException {
        return server.drain(timeout);
    }

    /** Waits for the commits of what was fetched: readers have everything a moment before. */
    void awaitCommits() {
        while (cache.fills() > 0) {
            Thread.onSpinWait();
        }
    }

    /** A whole body as the raw client shows it. */
    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private DataServer start(DataServer.Bounds bounds) {
        try {
            return DataServer.start(loopback(), router(), service(), threads, log, System::nanoTime, bounds,
                    new BodyBuffers(buffers, largeBuffers), ioThreads);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static Router router() {
        RegistryHost lab = new RegistryHost("lab");
        RegistryHost local = new RegistryHost("localhost:5000");
        return new Router(new UpstreamNames(lab, List.of(new UpstreamNames.Names(lab, List.of(), List.of()),
                new UpstreamNames.Names(local, List.of(), MIRRORS))));
    }

    private RegistryService service() {
        Freshness.Policy policy = new Freshness.Policy(Duration.ofMinutes(1), Duration.ofDays(1));
        Registries.Entry entry = new Registries.Entry(upstream, policy);
        return new RegistryService(
                new Registries(Map.of(new RegistryHost("lab"), entry, new RegistryHost("localhost:5000"), entry)),
                store, cache, new InMemoryCatalog(), losses::get, event -> {}, PullListener.NONE, clock, threads);
    }

    private Registry upstream(String url) {
        try {
            return new Registry(
                    Upstream.at(new RegistryHost("lab"), URI.create(url), List.of(), List.of(), List.of(),
                            Optional.empty()),
                    Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(10), event -> {},
                    new ManualClock(), Scheduler.SYSTEM,
                    threads);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] manifest() {
        return """
                {"schemaVersion":2,"mediaType":"%s",
                "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":2},
                "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}"""
                .formatted(MEDIA_TYPE, Digest.sha256(CONFIG), LAYER_DIGEST, LAYER.length)
                .getBytes(StandardCharsets.UTF_8);
    }

}
