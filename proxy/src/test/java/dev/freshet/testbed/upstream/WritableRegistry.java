package dev.freshet.testbed.upstream;

import dev.freshet.testbed.process.ChildProcess;
import dev.freshet.testbed.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Debian's {@code docker-registry} as somebody's own registry, which images are pushed to. */
public final class WritableRegistry implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("listening on (127\\.0\\.0\\.1:\\d+)");

    private final ChildProcess process;
    private final String authority;

    /**
     * Serves when it returns.
     *
     * @param directory where it keeps what it has; made if it is not there
     * @param settings further lines of its configuration
     */
    public WritableRegistry(Path directory, String settings) throws IOException {
        Files.createDirectories(directory);
        Path config = Files.createTempFile(directory, "registry", ".yml");
        Files.writeString(config, """
                version: 0.1
                log: {level: info, formatter: text}
                http: {addr: "127.0.0.1:0"}
                storage: {filesystem: {rootdirectory: %s}}
                %s""".formatted(directory.resolve("files"), settings));
        process = new ChildProcess("docker-registry", directory, Map.of(),
                List.of(Tool.REGISTRY.path(), "serve", config.toString()));
        authority = process.await(LISTENING).group(1);
    }

    /** {@code 127.0.0.1:port} of it. */
    public String authority() {
        return authority;
    }

    /** All that it printed so far. */
    public List<String> output() {
        return process.output();
    }

    @Override
    public void close() {
        process.close();
    }
}
