package dev.freshet.proxy.cli;

import dev.freshet.proxy.cli.ClientConfigCommand.ClientSnippet;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Every command's output and exit code: 0 good, 1 failed, 2 wrong use or configuration. */
class MainTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private Path directory = Path.of("");

    /** What a command printed, and how it ended. */
    private record Run(int code, String out, String err) {}

    private static Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Run(code, out.toString(), err.toString());
    }

    @Test
    void versionSaysWhichBuildAndWhichJava() {
        Run command = run("version");
        Run option = run("--version");

        assertThat(command.code()).isZero();
        assertThat(command.out()).matches("freshet \\S+ \\(Java \\d+\\)\\R");
        assertThat(option).isEqualTo(command);
    }

    @ParameterizedTest(name = "{0} --help")
    @ValueSource(strings = {"", "serve", "check-config", "client-config", "inspect", "prefetch", "verify", "version"})
    void helpIsThereForEveryCommand(String command) {
        Run help = command.isEmpty() ? run("--help") : run(command, "--help");

        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("Usage: freshet " + command);
        assertThat(help.err()).isEmpty();
    }

    @Test
    @DisplayName("O-15: a name that did not resolve is looked up again after a second")
    void namesThatDoNotResolveAreForgottenSoon() {
        run("version");

        assertThat(Security.getProperty("networkaddress.cache.negative.ttl")).isEqualTo("1");
    }

    @Test
    void withoutACommandTheUsageIsShownAsAnError() {
        Run nothing = run();

        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.out()).isEmpty();
        assertThat(nothing.err()).contains("Usage: freshet", "serve", "check-config", "client-config");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"no-such-command", "--no-such-option", "serve --no-such-option", "client-config",
            "client-config emacs", "check-config extra", "version extra", "client-config docker --url ftp://x",
            "client-config docker --url nonsense", "prefetch", "prefetch UPPER", "prefetch a@sha256:1",
            "prefetch a:b:c", "prefetch a --admin x", "prefetch a --admin http://x --url http://x",
            "prefetch a --platform linux", "prefetch a --url ftp://x", "prefetch a --url http://",
            "client-config docker --url http://", "prefetch a --url http://x?token=hunter2",
            "prefetch a --url http://x?token=hunter2%", "prefetch a --admin http://u:hunter2@x?y"})
    void wrongUseEndsWith2AndSaysWhy(String line) {
        Run wrong = run(line.split(" ", -1));

        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.out()).isEmpty();
        assertThat(wrong.err()).isNotBlank().doesNotContain("Exception", "\tat ", "hunter2");
    }

    @Test
    void checkConfigPrintsWhatIsInEffect() throws Exception {
        Path file = Files.writeString(directory.resolve("freshet.yaml"), "listen: 127.0.0.1:5055\n");

        Run good = run("check-config", "--config", file.toString(), "--set", "freshness.tag-ttl=7m");

        assertThat(good.code()).isZero();
        assertThat(good.out()).contains("127.0.0.1:5055", "freshet.yaml", "7m", "docker.io");
        assertThat(good.err()).isEmpty();
    }

    @Test
    void checkConfigPrintsEveryProblemAtOnce() throws Exception {
        Path file = Files.writeString(directory.resolve("freshet.yaml"), """
                lisen: 127.0.0.1:5055
                fetch: { max-fills: 0 }
                default-upstream: nowhere.example.com
                """);

        Run bad = run("check-config", "--config", file.toString(), "--set", "freshness.tag-ttl=soon");

        assertThat(bad.code()).isEqualTo(2);
        assertThat(bad.out()).isEmpty();
        assertThat(bad.err()).contains("lisen", "max-fills", "tag-ttl", "soon");
    }

    @Test
    void checkConfigNeverPrintsAPassword() throws Exception {
        Path file = Files.writeString(directory.resolve("freshet.yaml"),
                "upstreams: { docker.io: { username: u, password: hunter2 } }\n");

        Run good = run("check-config", "--config", file.toString());

        assertThat(good.code()).isZero();
        assertThat(good.out() + good.err()).contains("username").doesNotContain("hunter2");
    }

    @Test
    void aMissingConfigurationFileIsAProblem() {
        assertThat(run("check-config", "--config", directory.resolve("none.yaml").toString()).code()).isEqualTo(2);
        assertThat(run("serve", "--config", directory.resolve("none.yaml").toString()).code()).isEqualTo(2);
    }

    @Test
    void serveThatCannotStartEndsWith1AndSaysWhy() throws Exception {
        Path occupied = Files.writeString(directory.resolve("data"), "a file where the directory should be");

        Run failed = run("serve", "--set", "data=" + occupied, "--set", "listen=127.0.0.1:0", "--set",
                "admin.listen=127.0.0.1:0");

        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.err()).contains("start failed", occupied.toString()).doesNotContain("\tat ");
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void everyClientHasASnippetThatNamesTheProxy(ClientSnippet client) {
        Run plain = run("client-config", client.name(), "--url", "http://mirror.example.com:5000/");
        Run secure = run("client-config", client.name(), "--url", "https://mirror.example.com");

        assertThat(plain.code()).isZero();
        assertThat(plain.out()).contains("mirror.example.com:5000").doesNotContain("%", "null",
                "//mirror.example.com:5000//");
        assertThat(secure.code()).isZero();
        assertThat(secure.out()).contains("mirror.example.com").doesNotContain("http://", "%", "null");
        assertThat(run("client-config", client.name().toUpperCase(Locale.ROOT)).code()).isZero();
    }

    @Test
    void dockersSnippetIsJsonBehindItsComments() {
        JsonNode plain = json(run("client-config", "docker", "--url", "http://mirror.example.com:5000").out());
        JsonNode secure = json(run("client-config", "docker", "--url", "https://mirror.example.com").out());

        assertThat(plain.path("registry-mirrors").get(0).asString()).isEqualTo("http://mirror.example.com:5000");
        assertThat(plain.path("insecure-registries").get(0).asString()).isEqualTo("mirror.example.com:5000");
        assertThat(secure.path("registry-mirrors").get(0).asString()).isEqualTo("https://mirror.example.com");
        assertThat(secure.path("insecure-registries").size()).isZero();
    }

    @Test
    void snippetsSayWhetherTheProxyIsPlainHttp() {
        assertThat(run("client-config", "podman", "--url", "http://m:5000").out()).contains("insecure = true")
                .contains("location = \"m:5000/docker.io\"");
        assertThat(run("client-config", "podman", "--url", "https://m").out()).contains("insecure = false");
        assertThat(run("client-config", "buildkit", "--url", "http://m:5000").out()).contains("http = true");
        assertThat(run("client-config", "containerd", "--url", "http://m:5000").out())
                .contains("[host.\"http://m:5000\"]", "capabilities = [\"pull\", \"resolve\"]");
        assertThat(run("client-config", "k3s", "--url", "http://m:5000").out()).contains("- \"http://m:5000\"");
        assertThat(run("client-config", "trivy", "--url", "http://m:5000").out())
                .contains("--insecure m:5000/docker.io/");
        assertThat(run("client-config", "trivy", "--url", "https://m").out()).doesNotContain("--insecure");
    }

    private static JsonNode json(String snippet) {
        return JSON.readTree(String.join("\n", snippet.lines().filter(line -> !line.startsWith("#")).toList()));
    }
}
