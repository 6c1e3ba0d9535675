package dev.freshet.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A directory in which the launcher meets only what a test puts there: a source tree or a bare jar, Java homes and Maven
 * that are shell scripts. A fake Java prints {@code java <home>}, then each argument on a line of its own; a fake Maven
 * prints to standard output, which the launcher must keep apart from Java's.
 */
final class Sandbox {

    private static final Path SCRIPT = Path.of("..", "freshet");
    private static final List<String> TOOLS = List.of("dirname", "readlink", "find", "sed");
    private static final Instant PAST = Instant.parse("2020-01-01T00:00:00Z");

    private final Path directory;
    private final Map<String, String> environment = new TreeMap<>();

    /**
     * A directory with no Java and no Maven.
     *
     * @param directory empty; may have blanks in its name
     */
    Sandbox(Path directory) {
        this.directory = directory;
        environment.put("PATH", at("bin").toString());
        environment.put("HOME", at("home").toString());
        environment.put("FRESHET_TEST_ROOT", directory.toString());
        for (String tool : TOOLS) {
            Path real = Stream.of(Path.of("/usr/bin", tool), Path.of("/bin", tool)).filter(Files::exists).findFirst()
                    .orElseThrow();
            script("bin/" + tool, "exec " + real + " \"$@\"");
        }
        attempt(() -> Files.copy(SCRIPT, Files.createDirectories(at("tree")).resolve("freshet")));
    }

    /** How a run of the launcher ended. */
    record Outcome(int exitCode, List<String> output, List<String> errors) {}

    Path at(String path) {
        return directory.resolve(path);
    }

    Sandbox variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Sandbox write(String path, String text) {
        return attempt(() -> {
            Files.createDirectories(at(path).resolveSibling("."));
            Files.writeString(at(path), text);
        });
    }

    Sandbox link(String path, Path target) {
        return attempt(() -> {
            Files.createDirectories(at(path).resolveSibling("."));
            Files.createSymbolicLink(at(path), target);
        });
    }

    /** A Java home with a release file. */
    Sandbox java(String home, String version) {
        return script(home + "/bin/java", "echo \"java " + home + "\"\nprintf '%s\\n' \"$@\"")
                .write(home + "/release", "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version
                        + "\"\nJAVA_VERSION_DATE=\"2026-01-01\"\n");
    }

    /** A Maven that makes the jar. */
    Sandbox maven() {
        return script("bin/mvn", "echo \"maven in $PWD with $JAVA_HOME: $*\"\n: > proxy/target/freshet.jar");
    }

    Sandbox script(String path, String text) {
        write(path, "#!/bin/sh\n" + text + "\n");
        return attempt(() -> Files.setPosixFilePermissions(at(path), PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    /** A source tree that was never built, all of it old. */
    Sandbox sources() {
        write("tree/pom.xml", "").write("tree/proxy/pom.xml", "").write("tree/proxy/src/main/java/A.java", "");
        write("tree/proxy/target/classes/A.class", "");
        return attempt(() -> {
            try (var paths = Files.walk(at("tree"))) {
                for (Path path : paths.toList()) {
                    Files.setLastModifiedTime(path, FileTime.from(PAST));
                }
            }
        });
    }

    /** A source tree whose jar is newer than all of it. */
    Sandbox builtSources() {
        return sources().write("tree/proxy/target/freshet.jar", "");
    }

    /** Runs the launcher in the tree. */
    Outcome run(String... arguments) {
        return runAs("tree/freshet", arguments);
    }

    /** Runs the launcher by this path, in another directory than its own. */
    Outcome runAs(String path, String... arguments) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", at(path).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
                .redirectOutput(at("output").toFile()).redirectError(at("errors").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            int exitCode = builder.start().waitFor();
            return new Outcome(exitCode, Files.readAllLines(at("output"), StandardCharsets.UTF_8),
                    Files.readAllLines(at("errors"), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the launcher ran", e);
        }
    }

    private Sandbox attempt(FileAction action) {
        try {
            action.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Something done to files. */
    @FunctionalInterface
    private interface FileAction {

        void run() throws IOException;
    }
}
