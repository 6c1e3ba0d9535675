package dev.freshet.testbed.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A program that a test needs and that may not be installed. */
public enum Tool {

    DOCKER("docker"),
    DOCKERD("dockerd"),
    CONTAINERD("containerd"),
    CTR("ctr"),
    PODMAN("podman"),
    SKOPEO("skopeo"),
    /** Statically linked, as in Debian's busybox-static: it runs in images that hold nothing else. */
    BUSYBOX("busybox"),
    /** Distribution, as Debian packages it. */
    REGISTRY("docker-registry"),
    /** Checks Prometheus's rules, and plays them; Debian packages it with Prometheus. */
    PROMTOOL("promtool"),
    /** Signs images and verifies signatures; the profile {@code clients} builds it. */
    COSIGN("cosign"),
    /** Pushes and discovers artifacts; the profile {@code clients} builds it. */
    ORAS("oras"),
    /** Reads registries; the profile {@code clients} builds it. */
    REGCTL("regctl");

    /** Set to {@code required}, this environment variable makes a missing program a failure. */
    private static final String STRICTNESS = "FRESHET_E2E";

    /** This system property names a directory with programs that come before those of the machine. */
    private static final String BUILT = "freshet.clients";

    private final String program;

    Tool(String program) {
        this.program = program;
    }

    /** Where it is; without it the running test is skipped, or fails, with the program's name. */
    public String path() {
        Optional<Path> found = find();
        if (found.isEmpty()) {
            missing(program + " is not installed");
        }
        return found.orElseThrow().toString();
    }

    /** The same program if this is run by root; otherwise the running test is skipped, or fails. */
    public static Tool asRoot(Tool tool) {
        if (!"root".equals(System.getProperty("user.name"))) {
            missing(tool.program + " is run as root only");
        }
        return tool;
    }

    private static void missing(String message) {
        if ("required".equals(System.getenv(STRICTNESS))) {
            throw new AssertionError(message + ", and " + STRICTNESS + "=required");
        }
        Assumptions.abort(message);
    }

    private Optional<Path> find() {
        String built = System.getProperty(BUILT, "");
        return Stream.of((built + ":" + Environment.PATH).split(":", -1)).filter(d -> !d.isEmpty())
                .map(d -> Path.of(d, program))
                .filter(Files::isExecutable).findFirst();
    }
}
