package dev.freshet.testbed.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A program that runs to its end.
 *
 * @param words the program and its arguments
 * @param environment variables that it gets besides where programs are
 * @param directory where it runs
 */
public record Command(List<String> words, Map<String, String> environment, Path directory) {

    private static final Duration BOUND = Duration.ofMinutes(4);

    /**
     * What came of it.
     *
     * @param exitCode 0 for success
     * @param output all that it printed
     */
    public record Result(int exitCode, String output) {}

    /** With one variable more. */
    public Command with(String name, String value) {
        Map<String, String> more = new TreeMap<>(environment);
        more.put(name, value);
        return new Command(words, more, directory);
    }

    /** With these arguments more. */
    public Command and(String... arguments) {
        List<String> more = new ArrayList<>(words);
        more.addAll(List.of(arguments));
        return new Command(more, environment, directory);
    }

    /** Runs it; one that does not end within four minutes is killed. */
    public Result run() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words);
        Environment.prepare(builder, directory, environment);
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process = builder.redirectOutput(output.toFile()).start();
        try {
            process.getOutputStream().close();
            boolean ended = process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
            String printed = Files.readString(output);
            if (!ended) {
                throw new AssertionError(this + " did not end in " + BOUND + ":\n" + printed);
            }
            return new Result(process.exitValue(), printed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + this + " ran", e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Runs it; what it printed. It fails the test if it fails. */
    public String succeed() throws IOException {
        Result result = run();
        if (result.exitCode() != 0) {
            throw new AssertionError(this + " failed with " + result.exitCode() + ":\n" + result.output());
        }
        return result.output();
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
