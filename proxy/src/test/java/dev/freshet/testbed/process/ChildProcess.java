package dev.freshet.testbed.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program that runs until it is told to stop. What it prints is kept and can be waited for. Closing ends it, and every
 * process that it started itself. Safe for use by several threads.
 */
public final class ChildProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(
                () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly), "end children"));
    }

    private final String name;
    private final Process process;
    private final Thread reader;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition printed = lock.newCondition();
    private final List<String> lines = new ArrayList<>();
    private boolean silent;

    /** Starts it, in this directory and with these variables in its environment. */
    public ChildProcess(String name, Path directory, Map<String, String> environment, List<String> command)
            throws IOException {
        this.name = name;
        ProcessBuilder builder = new ProcessBuilder(command);
        Environment.prepare(builder, directory, environment);
        process = builder.start();
        process.getOutputStream().close();
        reader = Thread.ofVirtual().name(name + " output").start(this::read);
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** All that it printed so far. */
    public List<String> output() {
        lock.lock();
        try {
            return List.copyOf(lines);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a line that contains this pattern; if it ends without, or after two minutes, it is closed. */
    public Matcher await(Pattern pattern) {
        try {
            return awaitLine(pattern);
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    private Matcher awaitLine(Pattern pattern) {
        long left = PATIENCE.toNanos();
        lock.lock();
        try {
            for (int next = 0;; next++) {
                while (next >= lines.size()) {
                    if (silent || left <= 0) {
                        throw new AssertionError(
                                name + " never printed " + pattern + " but:\n" + String.join("\n", lines));
                    }
                    left = printed.awaitNanos(left);
                }
                Matcher matcher = pattern.matcher(lines.get(next));
                if (matcher.find()) {
                    return matcher;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + name, e);
        } finally {
            lock.unlock();
        }
    }

    /** Sends SIGTERM and waits for its end; its exit code. */
    public int stop() {
        process.destroy();
        return awaitEnd();
    }

    /** Sends SIGKILL and waits for its end. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Ends it in order if it still runs, by force if it does not obey, and whatever it has started. */
    @Override
    public void close() {
        List<ProcessHandle> descendants = process.descendants().toList();
        try {
            process.destroy();
            process.waitFor(20, TimeUnit.SECONDS);
            Stream.concat(descendants.stream(), process.descendants()).forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            reader.join(PATIENCE);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private int awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(name + " did not end in " + PATIENCE);
            }
            reader.join(PATIENCE);
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the end of " + name, e);
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                add(line, false);
            }
        } catch (IOException e) {
            add("[its output broke off: " + e + "]", false);
        } finally {
            add("[end of output]", true);
        }
    }

    private void add(String line, boolean last) {
        lock.lock();
        try {
            lines.add(line);
            silent |= last;
            printed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
