package dev.freshet.testbed.client;

import dev.freshet.testbed.process.ChildProcess;
import dev.freshet.testbed.upstream.Upstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The runnable jar as a process, on ports that it picks itself, with one upstream that it takes for Docker Hub. Closing
 * it ends it, and fails if anything secret stands in what it printed.
 */
public final class FreshetProcess implements AutoCloseable {

    /** The account that it has at its upstream, in case that wants one. */
    public static final String USERNAME = "freshet";
    /** The password of the account. */
    public static final String PASSWORD = "pa55word-of-the-testbed";

    private static final Pattern DATA_PORT = Pattern.compile("serving registries on http://([0-9.:]+)");
    private static final Pattern ADMIN_PORT = Pattern.compile("admin on http://([0-9.:]+)");
    private static final List<String> SECRETS = List.of("X-Amz-Signature", "X-Amz-Credential", "Bearer ", PASSWORD,
            "testbed-token-");

    private final ChildProcess process;
    private final String authority;
    private final String adminAuthority;

    /**
     * Serves when it returns.
     *
     * @param directory where it keeps what it stores; another process may have been there before
     * @param upstream what it asks
     * @param settings further lines of its configuration
     */
    public FreshetProcess(StateDirectory directory, Upstream upstream, String... settings) throws IOException {
        Path config = directory.write("freshet.yaml", """
                listen: 127.0.0.1:0
                admin: { listen: "127.0.0.1:0" }
                data: %s
                upstreams:
                  docker.io:
                    url: http://%s
                    username: %s
                    password: %s
                    redirect-hosts: [%s]
                """.formatted(directory.at("data"), upstream.authority(), USERNAME, PASSWORD,
                upstream.privateHosts().stream().map(host -> '"' + host + '"').collect(Collectors.joining(", ")))
                + String.join("\n", settings) + "\n");
        process = new ChildProcess("freshet", directory.path(), Map.of(),
                command(config));
        authority = process.await(DATA_PORT).group(1);
        adminAuthority = process.await(ADMIN_PORT).group(1);
    }

    /** What runs the jar with a configuration. */
    public static List<String> command(Path config) {
        return List.of(java(), "--enable-native-access=ALL-UNNAMED", "-XX:+ExitOnOutOfMemoryError", "-Xmx512m",
                "-XX:MaxDirectMemorySize=1t", "-jar", jar(), "serve", "--config", config.toString());
    }

    /** {@code 127.0.0.1:port} of the data port. */
    public String authority() {
        return authority;
    }

    /** {@code 127.0.0.1:port} of the admin port. */
    public String adminAuthority() {
        return adminAuthority;
    }

    /** All that it printed so far. */
    public List<String> output() {
        return process.output();
    }

    /** Sends SIGTERM and waits for its end; its exit code. */
    public int stop() {
        return process.stop();
    }

    /** Sends SIGKILL and waits for its end. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
        assertThat(process.output()).as("what freshet printed")
                .noneMatch(line -> SECRETS.stream().anyMatch(line::contains));
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String jar() {
        return Path.of(System.getProperty("freshet.jar", "target/freshet.jar")).toAbsolutePath().toString();
    }
}
