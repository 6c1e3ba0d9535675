package dev.freshet.readme;

import dev.freshet.testbed.process.ChildProcess;
import dev.freshet.testbed.process.Command;
import dev.freshet.testbed.process.NothingLeftRunning;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The commands that need the launcher and the jar, on ports and in a directory of the test's own. */
@ExtendWith(NothingLeftRunning.class)
class ReadmeIT {

    private static final String SERVE = "./freshet serve";
    private static final String VERIFY = "./freshet verify";

    private @TempDir Path directory = Path.of("");

    /** The launcher beside the jar, as in the image: nothing is built. */
    @BeforeEach
    void install() throws IOException {
        Files.copy(Readme.ROOT.resolve("freshet"), directory.resolve("freshet"));
        Files.createSymbolicLink(directory.resolve("freshet.jar"),
                Path.of(System.getProperty("freshet.jar", "target/freshet.jar")).toAbsolutePath());
    }

    @Test
    void serveAndVerifyPrintWhatIsShown() throws IOException {
        List<String> served;
        try (ChildProcess freshet = new ChildProcess("freshet", directory, environment(), words(SERVE))) {
            freshet.await(Pattern.compile("admin on http"));
            served = freshet.output();
            assertThat(freshet.stop()).isZero();
        }
        Command.Result verified = new Command(words(VERIFY), environment(), directory).run();

        assertThat(shapes(served)).isEqualTo(shapes(Readme.read().example(SERVE).output().stream()
                .filter(line -> !line.startsWith("freshet: building ")).toList()));
        assertThat(verified.exitCode()).isZero();
        assertThat(shapes(verified.output().lines().toList()))
                .isEqualTo(shapes(Readme.read().example(VERIFY).output()));
    }

    @Test
    void theSnippetsAreThoseOfClientConfig() throws IOException {
        Readme readme = Readme.read();
        String command = readme.commands().filter(line -> line.startsWith("./freshet client-config ")).findFirst()
                .orElseThrow();

        List<String> snippets = Stream.of("docker", "containerd", "podman")
                .map(client -> succeed(command.replace("CLIENT", client))).toList();

        assertThat(Stream.concat(readme.blocks("json"), readme.blocks("toml")).toList()).hasSize(3)
                .allSatisfy(block -> assertThat(essence(String.join("\n", snippets))).contains(essence(block)));
    }

    @Test
    void theConfigurationIsValid() throws IOException {
        String yaml = Readme.read().blocks("yaml").findFirst().orElseThrow();
        Path password = Files.writeString(directory.resolve("password"), "hunter2\n");
        Files.writeString(directory.resolve("freshet.yaml"),
                yaml.replace("/run/secrets/hub", password.toString()));

        String printed = succeed("./freshet check-config");

        assertThat(printed).contains("cache.max-size", "freshet.yaml").doesNotContain("hunter2");
    }

    private String succeed(String command) {
        try {
            return new Command(words(command), environment(), directory).succeed();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is left without blanks and the braces of JSON, in which a snippet may say more. */
    private static String essence(String snippet) {
        return snippet.replaceAll("\\s+", "").replaceAll("^\\{|\\}$", "");
    }

    private static Map<String, String> environment() {
        return Map.of("FRESHET_LISTEN", "127.0.0.1:0", "FRESHET_ADMIN_LISTEN", "127.0.0.1:0",
                "FRESHET_CACHE_MAX_SIZE", "64MiB");
    }

    private static List<String> words(String command) {
        return List.of(command.split(" ", -1));
    }

    /** The lines without what differs from run to run: times, versions, paths, addresses, numbers. */
    private static List<String> shapes(List<String> lines) {
        return lines.stream().map(line -> line.replaceAll("^\\d{4}-\\S+", "<time>").replaceAll("http://\\S+", "<url>")
                .replaceAll("(?<= in )/\\S+", "<path>").replaceAll("\\d[\\d.]*(?:-SNAPSHOT|[KMGT]?i?B)?", "<n>"))
                .toList();
    }
}
