package dev.freshet.testbed.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A program that a test needs and that may not be installed. */
public enum Tool {

    DOCKER("docker"), DOCKERD("dockerd"), CONTAINERD("containerd"), CTR("ctr"), PODMAN("podman"), SKOPEO("skopeo"),
    /** Distribution, as Debian packages it. */
    REGISTRY("docker-registry");

    /** Set to {@code required}, this environment variable makes a missing program a failure. */
    private static final String STRICTNESS = "FRESHET_E2E";

    private final String program;

    Tool(String program) {
        this.program = program;
    }

    /** Where it is; without it the running test is skipped, or fails, with the program's name. */
    public String path() {
        Optional<Path> found = find();
        if (found.isEmpty()) {
            String message = program + " is not installed";
            if ("required".equals(System.getenv(STRICTNESS))) {
                throw new AssertionError(message + ", and " + STRICTNESS + "=required");
            }
            Assumptions.abort(message);
        }
        return found.orElseThrow().toString();
    }

    private Optional<Path> find() {
        return Stream.of(Environment.PATH.split(":", -1)).filter(d -> !d.isEmpty()).map(d -> Path.of(d, program))
                .filter(Files::isExecutable).findFirst();
    }
}
