package dev.freshet.testbed.upstream;

import dev.freshet.testbed.fault.FaultPlan;
import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.process.ChildProcess;
import dev.freshet.testbed.process.SharedLock;
import dev.freshet.testbed.process.Tool;
import dev.freshet.testbed.storage.S3Storage;
import dev.freshet.testbed.storage.SigV4;
import dev.freshet.testbed.storage.StorageSettings;
import dev.freshet.testbed.traffic.Traffic;
import dev.freshet.testbed.wire.ReservedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Debian's {@code docker-registry}. Images are pushed to an instance that writes files; another one serves them with its
 * S3 driver, whose storage is a facade of ours over the same files. So everything that a client sees of the registry,
 * and the signing of the URLs, is distribution's own.
 */
public final class DistributionRegistry implements Upstream {

    private static final Pattern LISTENING = Pattern.compile("listening on (127\\.0\\.0\\.1:\\d+)");
    private static final String BUCKET = "bucket";

    private static final Map<Path, SharedLock> LOCKS = new ConcurrentHashMap<>();

    private final String program;
    private final Path directory;
    private final SharedLock pushing;
    private final String more;
    private final SigV4 signer = new SigV4("AKIATESTBED", "the-secret-key-of-the-testbed", "us-east-1");
    private final Traffic traffic = new Traffic();
    private final S3Storage storage;
    private volatile StorageSettings settings = StorageSettings.DEFAULTS;
    private ChildProcess server;
    private @Nullable ReservedPort reserved;
    private final String authority;

    /** Serves when it returns; keeps its files under this directory, which several may share, and finds there
     * what was pushed before. */
    public DistributionRegistry(Path directory) throws IOException {
        this(directory, "");
    }

    /**
     * Serves when it returns.
     *
     * @param directory where it keeps its files
     * @param more further lines of the configuration of the instance that serves
     */
    public DistributionRegistry(Path directory, String more) throws IOException {
        this.program = Tool.REGISTRY.path();
        this.more = more;
        this.directory = Files.createDirectories(directory).toAbsolutePath();
        this.pushing = LOCKS.computeIfAbsent(this.directory, shared -> new SharedLock(shared.resolve("lock")));
        storage = new S3Storage(signer, new Bucket(BUCKET, files()), () -> settings, traffic, new FaultPlan());
        server = launch("s3", "127.0.0.1:0", s3());
        authority = server.await(LISTENING).group(1);
    }

    @Override
    public String name() {
        return "distribution";
    }

    @Override
    public String authority() {
        return authority;
    }

    @Override
    public String storageAuthority() {
        return storage.authority();
    }

    @Override
    public Traffic traffic() {
        return traffic;
    }

    @Override
    public void publish(Image image) throws IOException {
        pushing.holding(() -> {
            push(image);
            return true;
        });
    }

    private void push(Image image) throws IOException {
        try (ChildProcess writer = launch("files", "127.0.0.1:0",
                "  filesystem:\n    rootdirectory: " + files() + "\n");
                Pusher pusher = new Pusher(writer.await(LISTENING).group(1))) {
            pusher.push(image);
        }
    }

    @Override
    public void storage(UnaryOperator<StorageSettings> change) {
        settings = change.apply(settings);
    }

    @Override
    public void stop() {
        server.close();
        reserved = new ReservedPort(port());
        storage.stop();
    }

    @Override
    public void start() throws IOException {
        storage.start();
        release();
        server = launch("s3", authority, s3());
        server.await(LISTENING);
    }

    @Override
    public void close() {
        server.close();
        release();
        storage.close();
    }

    private int port() {
        return Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1));
    }

    private void release() {
        ReservedPort port = reserved;
        if (port != null) {
            reserved = null;
            port.close();
        }
    }

    private Path files() {
        return directory.resolve("files");
    }

    private String s3() {
        return """
                  s3:
                    accesskey: %s
                    secretkey: %s
                    region: %s
                    regionendpoint: http://%s
                    bucket: %s
                    secure: false
                    v4auth: true
                """.formatted(signer.accessKey(), signer.secretKey(), signer.region(), storage.authority(), BUCKET)
                + more;
    }

    private ChildProcess launch(String name, String listen, String driver) throws IOException {
        Path config = Files.createTempFile(directory, name, ".yml");
        Files.writeString(config, """
                version: 0.1
                log: {level: info, formatter: text}
                http: {addr: "%s"}
                storage:
                %s""".formatted(listen, driver));
        return new ChildProcess("docker-registry with " + name, directory, Map.of(),
                List.of(program, "serve", config.toString()));
    }
}
