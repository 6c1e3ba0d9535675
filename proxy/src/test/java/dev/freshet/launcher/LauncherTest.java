package dev.freshet.launcher;

import dev.freshet.launcher.Sandbox.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The launcher script, {@code freshet}, at the top of the tree. */
class LauncherTest {

    private final Sandbox sandbox;

    LauncherTest(@TempDir Path directory) throws IOException {
        sandbox = new Sandbox(Files.createDirectories(directory.resolve("a b")).toRealPath());
    }

    @Test
    void theNewestJavaWinsWhereverItIs() {
        sandbox.builtSources().java("opt/java-9", "9.0.4").java("usr/lib/jvm/a", "21.0.9")
                .java("usr/lib/jvm/b", "21.0.10")
                .java("home/.sdkman/candidates/java/c", "21.0.3")
                .variable("JAVA_HOME", sandbox.at("opt/java-9").toString());

        Outcome outcome = sandbox.run("version");

        assertThat(outcome.output()).startsWith("java usr/lib/jvm/b");
        assertThat(outcome.errors()).isEmpty();
    }

    @Test
    void theDefaultJavaIsPassedOverWhenItIsTooOld() {
        sandbox.builtSources().java("usr/lib/jvm/17", "17.0.15").link("bin/java", sandbox.at("usr/lib/jvm/17/bin/java"))
                .java("opt/java/openjdk", "25");

        assertThat(sandbox.run("version").output()).startsWith("java opt/java/openjdk");
    }

    @Test
    void theJavaOnThePathIsFoundThroughItsLinks() {
        sandbox.builtSources().java("elsewhere", "25.0.3").link("etc/java", sandbox.at("elsewhere/bin/java"))
                .link("bin/java", Path.of("../etc/java"));

        assertThat(sandbox.run("version").output()).startsWith("java elsewhere");
    }

    @Test
    void aJavaWithoutAReleaseFileIsAsked() {
        sandbox.builtSources().script("usr/lib/jvm/a/bin/java",
                "echo 'openjdk version \"22.0.1\" 2024-04-16' >&2\necho asked");

        assertThat(sandbox.run("version")).isEqualTo(new Outcome(0, List.of("asked"),
                List.of("openjdk version \"22.0.1\" 2024-04-16")));
    }

    @Test
    void withoutAJavaItSaysWhatToDo() {
        Outcome outcome = sandbox.builtSources().run("version");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.errors()).containsExactly(
                "freshet: no JDK 21 or newer found: install one or set JAVA_HOME");
    }

    @Test
    void withAnOldJavaOnlyItSaysSo() {
        Outcome outcome = sandbox.builtSources().java("usr/lib/jvm/a", "17.0.15").java("usr/lib/jvm/b", "1.8.0_402")
                .run();

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.errors()).containsExactly(
                "freshet: no JDK 21 or newer found (the newest is 17.0.15): install one or set JAVA_HOME");
    }

    @Test
    void itBuildsWhatIsMissingAndKeepsTheBuildOutOfTheOutput() {
        sandbox.sources().java("usr/lib/jvm/a", "21.0.9").maven();

        Outcome outcome = sandbox.run("version");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.output()).startsWith("java usr/lib/jvm/a").endsWith("version");
        assertThat(outcome.errors()).hasSize(2)
                .first().isEqualTo("freshet: building " + sandbox.at("tree/proxy/target/freshet.jar"));
        assertThat(outcome.errors().getLast()).startsWith(
                "maven in " + sandbox.at("tree") + " with " + sandbox.at("usr/lib/jvm/a") + ": -B -q -DskipTests");
    }

    @Test
    void itBuildsAnewWhenASourceIsNewer() throws IOException {
        sandbox.builtSources().java("usr/lib/jvm/a", "21.0.9").maven();
        Files.setLastModifiedTime(sandbox.at("tree/proxy/src/main/java/A.java"),
                FileTime.from(Instant.parse("2100-01-01T00:00:00Z")));

        assertThat(sandbox.run("version").errors()).hasSize(2);
    }

    @Test
    void itDoesNotBuildWhatIsUpToDate() {
        sandbox.builtSources().java("usr/lib/jvm/a", "21.0.9").maven();

        assertThat(sandbox.run("version").errors()).isEmpty();
    }

    @Test
    void withoutMavenItSaysWhatToDo() {
        Outcome outcome = sandbox.sources().java("usr/lib/jvm/a", "21.0.9").run("version");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.errors()).containsExactly("freshet: no Maven found to build "
                + sandbox.at("tree/proxy/target/freshet.jar") + ": install it, mvn must be on the PATH");
    }

    @Test
    void aFailedBuildIsAFailure() {
        sandbox.sources().java("usr/lib/jvm/a", "21.0.9").script("bin/mvn", "echo broken\nexit 3");

        Outcome outcome = sandbox.run("version");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.output()).isEmpty();
        assertThat(outcome.errors()).endsWith("broken", "freshet: the build failed: see above");
    }

    @Test
    void argumentsPassAsTheyAreAndOptionsAreSplit() {
        sandbox.builtSources().java("usr/lib/jvm/a", "21.0.9").variable("FRESHET_JAVA_OPTS", "-Xmx1g  -Dx=*");

        assertThat(sandbox.run("a b", "", "*", "--set", "x=\"y z\"").output())
                .endsWith("-Xmx1g", "-Dx=*", "-jar", sandbox.at("tree/proxy/target/freshet.jar").toString(), "a b", "",
                        "*", "--set", "x=\"y z\"");
    }

    @Test
    void itIsFoundThroughLinks() {
        sandbox.builtSources().java("usr/lib/jvm/a", "21.0.9").link("links/first", Path.of("../tree/freshet"))
                .link("second", sandbox.at("links/first"));

        assertThat(sandbox.runAs("second", "version").output())
                .endsWith("-jar", sandbox.at("tree/proxy/target/freshet.jar").toString(), "version");
    }

    @Test
    void theExitCodeIsJavas() {
        sandbox.builtSources().java("usr/lib/jvm/a", "21.0.9").script("usr/lib/jvm/a/bin/java", "exit 2");

        assertThat(sandbox.run("check-config").exitCode()).isEqualTo(2);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"21.0.9, false", "22.0.2, false", "23, true", "25.0.3, true"})
    void whatJavaWouldWarnOfIsAllowedWhereThereIsAnOptionForIt(String version, boolean known) {
        sandbox.builtSources().java("opt/java/openjdk", version);

        List<String> output = sandbox.run("serve").output();

        assertThat(output.contains("--sun-misc-unsafe-memory-access=allow")).isEqualTo(known);
    }

    @Test
    void withoutSourcesItRunsTheJarBesideIt() {
        sandbox.write("tree/freshet.jar", "").java("opt/java/openjdk", "25.0.3");

        assertThat(sandbox.run("serve").output())
                .endsWith("-jar", sandbox.at("tree/freshet.jar").toString(), "serve");
    }

    @Test
    void withNeitherSourcesNorJarItSaysWhatToDo() {
        Outcome outcome = sandbox.java("opt/java/openjdk", "25.0.3").run("serve");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.errors()).containsExactly(
                "freshet: found neither sources nor freshet.jar in " + sandbox.at("tree") + ": put the jar there");
    }
}
