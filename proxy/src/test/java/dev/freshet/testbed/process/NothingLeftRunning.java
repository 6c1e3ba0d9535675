package dev.freshet.testbed.process;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class that leaves child processes behind, and ends them. */
public final class NothingLeftRunning implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) {
        List<ProcessHandle> left = ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).toList();
        List<String> names = left.stream().map(p -> p.pid() + " " + p.info().commandLine().orElse("?")).toList();
        left.forEach(ProcessHandle::destroyForcibly);
        if (!left.isEmpty()) {
            throw new AssertionError("left running: " + names);
        }
    }
}
