package dev.freshet.testbed.client;

import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.process.Command;
import java.io.IOException;
import java.util.Map;

/** A real client with empty state and one route to its images. Closing it ends its processes and deletes its state. */
public interface Client extends AutoCloseable {

    /**
     * The environment of every client: should one fall back from its mirror to the registry that it believes the image
     * to be of, it finds a proxy that does not answer, and nothing leaves the machine.
     */
    Map<String, String> CUT_OFF = Map.of("HTTPS_PROXY", "http://127.0.0.1:9", "HTTP_PROXY", "http://127.0.0.1:9",
            "NO_PROXY", "127.0.0.1,localhost");

    /** Pulls this image by {@code :tag} or {@code @digest}; whether it succeeded, and what it printed. */
    Command.Result tryPull(Image image, String suffix) throws IOException;

    /** Pulls this image by its tag; it fails the test if it fails. */
    default void pull(Image image) throws IOException {
        pull(image, ":" + image.tag());
    }

    /** Pulls this image by {@code :tag} or {@code @digest}; it fails the test if it fails. */
    default void pull(Image image, String suffix) throws IOException {
        Command.Result result = tryPull(image, suffix);
        if (result.exitCode() != 0) {
            throw new AssertionError("pulling " + image.repository() + suffix + " failed:\n" + result.output());
        }
    }

    @Override
    void close() throws IOException;
}
