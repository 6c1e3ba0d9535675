package dev.freshet.testbed.proxy;

import dev.freshet.cache.fresh.SteadyClock;
import dev.freshet.cache.name.Digest;
import dev.freshet.config.load.ConfigException;
import dev.freshet.config.load.ConfigLoader;
import dev.freshet.config.load.ConfigLoader.ConfigSources;
import dev.freshet.proxy.Freshet;
import dev.freshet.testbed.ManualClock;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.registry.RegistrySettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Freshet before a fake registry, started by the first request. Both run under one manual clock, and the proxy's retries
 * under a manual pace; only a silent connection ends by real time, which tests of silence make short.
 *
 * <p>After every test: no fill is left, all threads of fills have ended, the data directory can be opened again, and
 * neither log nor metrics hold a signature, a token or a password.
 */
public final class ProxyFixture implements BeforeEachCallback, AfterEachCallback {

    /** The repository that tests put things into, unless they need another. */
    public static final String REPO = "library/thing";

    /** The password that tests configure; nobody may ever print it. */
    public static final String PASSWORD = "pa:ss wörd-never-printed";

    private static final Duration GENEROUS = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

    /** A file system in memory, where no sync takes time, and the room that a test may need there. */
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ROOM = 2L << 30;

    private final Map<String, String> options = new LinkedHashMap<>();
    private final List<String> secrets = new ArrayList<>(
            List.of("X-Amz-Signature", "X-Amz-Credential", "testbed-token-", PASSWORD));
    private final ManualClock clock = new ManualClock();
    private final ManualScheduler pace = new ManualScheduler();
    private boolean steady;
    private @Nullable Parts parts;
    private @Nullable Freshet freshet;

    private record Parts(FakeRegistry registry, Client client, LogCapture log,
            Path directory) implements AutoCloseable {

        @Override
        public void close() {
            client.close();
            registry.close();
            log.close();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        Path directory = makeDirectory();
        Parts opened = new Parts(new FakeRegistry(RegistrySettings.DEFAULTS.clock(clock)), new Client(),
                new LogCapture(), directory);
        parts = opened;
        set("listen", "127.0.0.1:0").set("admin.listen", "127.0.0.1:0")
                .set("data", directory.resolve("data").toString())
                .set("default-upstream", "lab").set("fetch.stall-timeout", "60s").set("cache.memory", "64MiB")
                .set("cache.max-size", "1GiB")
                .set("upstreams.lab.url", opened.registry().url())
                .set("upstreams.lab.redirect-hosts", opened.registry().storageAuthority());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        Parts open = parts();
        try (open) {
            if (freshet != null) {
                awaitNoFills();
                assertThat(metrics()).doesNotContain(secrets);
                stop();
                start();
                stop();
            }
            assertThat(open.log().lines()).allSatisfy(line -> assertThat(line).doesNotContain(secrets));
        } finally {
            close(freshet);
            delete(open.directory());
        }
    }

    /** Sets an option of the proxy that is still to be started. */
    public ProxyFixture set(String key, String value) {
        options.put(key, value);
        return this;
    }

    /** The proxy that is still to be started takes the manual clock for the system's, which may be set while it runs. */
    public ProxyFixture steady() {
        steady = true;
        return this;
    }

    /** From now on nobody may print this either. */
    public void secret(String text) {
        secrets.add(text);
    }

    /** The upstream, {@code lab}. */
    public FakeRegistry registry() {
        return parts().registry();
    }

    /** The clock of proxy and upstream. */
    public ManualClock clock() {
        return clock;
    }

    /** The proxy's elapsed time. */
    public ManualScheduler pace() {
        return pace;
    }

    /** Somebody who pulls. */
    public Client client() {
        return parts().client();
    }

    /** What was logged so far. */
    public List<String> log() {
        return parts().log().lines();
    }

    /** Where the test may keep its files. */
    public Path directory() {
        return parts().directory();
    }

    /** Starts the proxy, with what it has stored before. */
    public Freshet start() {
        List<String> flags = options.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
        try {
            Freshet started = Freshet.start(ConfigLoader
                    .load(new ConfigSources(Optional.empty(), Map.of(), flags, directory())).config(),
                    steady ? new SteadyClock(clock, pace::nanoTime) : clock, pace);
            freshet = started;
            return started;
        } catch (ConfigException | IOException e) {
            throw new AssertionError("the proxy does not start", e);
        }
    }

    /** Stops the proxy; the threads of its fills have ended when it returns. */
    public void stop() {
        close(freshet);
        freshet = null;
        await("threads of fills ended",
                () -> Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().startsWith("fill-")));
    }

    /** The address of something in {@link #REPO}: {@code blobs/sha256:...}. */
    public String url(String path) {
        return url(REPO, path);
    }

    /** The address of something in a repository. */
    public String url(String repository, String path) {
        return base(running().address()) + "/v2/" + repository + "/" + path;
    }

    /** The address of something on the admin port. */
    public String admin(String path) {
        return base(running().adminAddress()) + path;
    }

    /** Gets a blob of {@link #REPO}. */
    public Got blob(Digest digest, String... headers) {
        return client().get(url("blobs/" + digest), headers);
    }

    /** Gets a manifest of {@link #REPO}. */
    public Got manifest(String reference, String... headers) {
        return client().get(url("manifests/" + reference), headers);
    }

    /** Puts a layer into {@link #REPO} and pulls the manifest that names it, so that the proxy knows whose it is, and its size. */
    public Digest layer(byte[] content) {
        Digest layer = registry().blob(REPO, content);
        String manifest = """
                {"schemaVersion":2,"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}"""
                .formatted(layer, content.length);
        Got pulled = manifest(registry().manifest(REPO, "application/vnd.oci.image.manifest.v1+json",
                Bytes.of(manifest)).toString());
        assertThat(pulled.status()).isEqualTo(200);
        return layer;
    }

    /** Nothing goes wrong any more, and nothing is believed missing: the blob comes whole. */
    public void heals(Digest digest, byte[] expected) {
        registry().heal();
        pace.advance(Duration.ofSeconds(10));
        Got got = blob(digest);
        assertThat(got.status()).as("status of %s", got).isEqualTo(200);
        assertThat(got.cut()).isFalse();
        assertThat(got.body()).isEqualTo(expected);
    }

    /** The sum of a metric's samples that have all these labels, each as {@code name="value"}. */
    public long metric(String name, String... labels) {
        return Samples.sum(metrics(), name, labels);
    }

    /** Waits until every fill has ended. */
    public void awaitNoFills() {
        await("no fill active", () -> metric("freshet_fills_active") == 0 && metric("freshet_fill_readers") == 0);
    }

    /** Waits until this holds, and fails after half a minute. */
    public void await(String what, BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > GENEROUS.toNanos()) {
                throw new AssertionError("waited in vain for: " + what + "\nupstream saw:\n" + registry().traffic());
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private String metrics() {
        return client().get(admin("/metrics")).text();
    }

    private Freshet running() {
        Freshet known = freshet;
        return known == null ? start() : known;
    }

    private Parts parts() {
        Parts known = parts;
        if (known == null) {
            throw new IllegalStateException("used outside of a test");
        }
        return known;
    }

    private static String base(InetSocketAddress address) {
        return "http://" + address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private static void close(@Nullable Freshet open) {
        if (open != null) {
            open.close();
        }
    }

    private static Path makeDirectory() throws IOException {
        boolean inMemory = Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > ROOM;
        return inMemory
                ? Files.createTempDirectory(MEMORY, "freshet-test-")
                : Files.createTempDirectory("freshet-test-");
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
