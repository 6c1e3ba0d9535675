package dev.freshet.proxy.upstream.registry;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.Event;
import dev.freshet.config.unit.HostRule;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamEvent.RefreshReason;
import dev.freshet.testbed.ManualClock;
import dev.freshet.testbed.proxy.ManualScheduler;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.registry.RegistrySettings;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Seen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A registry with a storage that dies, breaks and lies as a test says, and what asks both. Time passes as a test says. */
final class Lab implements Consumer<Event>, AutoCloseable {

    static final RegistryHost NAME = new RegistryHost("lab");

    private static final Repository APP = new Repository(NAME, "app");

    private final ManualClock clock = new ManualClock();
    private final FakeRegistry registry = new FakeRegistry(RegistrySettings.DEFAULTS.clock(clock));
    private final AtomicLong received = new AtomicLong();
    private final Queue<RefreshReason> refreshes = new ConcurrentLinkedQueue<>();
    private final Queue<String> whys = new ConcurrentLinkedQueue<>();
    private final AtomicLong resumes = new AtomicLong();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Registry upstream;

    Lab() throws IOException {
        this(new ManualScheduler());
    }

    Lab(Scheduler scheduler) throws IOException {
        upstream = new Registry(
                Upstream.at(NAME, URI.create(registry.url()), List.of(), List.of(),
                        List.of(HostRule.parse(registry.storageAuthority())), Optional.empty()),
                Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ZERO, this, clock, scheduler, threads);
    }

    ManualClock clock() {
        return clock;
    }

    FakeRegistry registry() {
        return registry;
    }

    /** An origin that was not asked yet, of a blob that the registry has. */
    BlobOrigin origin(byte[] blob) {
        Digest digest = registry.blob("app", blob);
        return upstream.blob(APP, digest);
    }

    /** What asks. */
    Registry upstream() {
        return upstream;
    }

    /** Bytes of bodies, as counted for the metric. */
    long received() {
        return received.get();
    }

    long resumes() {
        return resumes.get();
    }

    List<RefreshReason> refreshes() {
        return List.copyOf(refreshes);
    }

    List<String> whys() {
        return List.copyOf(whys);
    }

    /** How often the registry was asked for a blob. */
    int registryGets() {
        return registry.traffic().of(Endpoint.BLOB).size();
    }

    List<Seen> storageGets() {
        return registry.traffic().storageGets();
    }

    /** The wanted bytes, or what comes instead. */
    static byte[] get(BlobOrigin origin, long from, long to) throws Exception {
        try (Transfer transfer = origin.open(new ByteRange(from, to))) {
            return rest(transfer);
        }
    }

    /** Everything that comes, through a buffer that is larger than the range, and of which only a part is to be used. */
    static byte[] rest(Transfer transfer) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(300_007);
        for (int count; (count = transfer.read(buffer.clear().position(7))) >= 0;) {
            all.write(buffer.array(), 7, count);
        }
        return all.toByteArray();
    }

    @Override
    public void accept(Event event) {
        switch ((UpstreamEvent) event) {
            case UpstreamEvent.Received bytes -> received.addAndGet(bytes.bytes());
            case UpstreamEvent.Refreshing refreshing -> {
                refreshes.add(refreshing.reason());
                whys.add(refreshing.why());
            }
            case UpstreamEvent.Resumed resumed -> resumes.incrementAndGet();
            default -> {
            }
        }
    }

    @Override
    public void close() {
        upstream.close();
        registry.close();
        threads.close();
    }
}
