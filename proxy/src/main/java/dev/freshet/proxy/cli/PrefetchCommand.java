package dev.freshet.proxy.cli;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.unit.DataSize;
import dev.freshet.proxy.cli.PortClient.Port;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.serve.document.Platform;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The command {@code prefetch}: it pulls images through a running Freshet, which then has them in its cache. */
@Command(name = "prefetch", mixinStandardHelpOptions = true, description = {
        "Pulls images into the cache of a running Freshet, here or elsewhere.",
        "Exit code 1 if one of them did not come whole.",
        "With --admin, Freshet is told to fetch them, and the command does not wait for that."})
final class PrefetchCommand extends ConfiguredCommand {

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Such as docker.io/library/busybox:1.36, or with @DIGEST.")
    private List<String> names = List.of();

    @Option(names = "--platform", paramLabel = "OS/ARCH[/VARIANT]", description = "What to take of an image for several platforms (default: this machine's).")
    private @Nullable String platform;

    @Option(names = "--url", paramLabel = "URL", description = "Where clients reach Freshet (default: `listen` of the configuration, on this machine).")
    private @Nullable URI url;

    @Option(names = "--admin", paramLabel = "URL", description = "Has Freshet fetch them by itself, by its admin port.")
    private @Nullable URI admin;

    @Override
    public Integer call() throws InterruptedException {
        Optional<List<ImageName>> images = images(names);
        if (images.isEmpty()) {
            return 2;
        }
        Optional<Platform> wanted = platform == null
                ? Optional.of(Platform.ofThisMachine())
                : Platform.parse(platform);
        if (wanted.isEmpty()) {
            err().println(
                    "platform '" + platform + "' cannot be used: give OS/ARCH or OS/ARCH/VARIANT, such as linux/amd64");
            return 2;
        }
        if (admin != null && url != null) {
            err().println("--admin and --url cannot be used together: give one of them");
            return 2;
        }
        Optional<URI> address = admin == null
                ? portUrl(url, FreshetConfig::listen)
                : portUrl(admin, config -> config.admin().listen());
        if (address.isEmpty()) {
            return 2;
        }
        return admin == null
                ? pull(images.get(), wanted.get(), address.get())
                : order(images.get(), wanted.get(), address.get());
    }

    private int pull(List<ImageName> images, Platform wanted, URI address) throws InterruptedException {
        boolean isTerminal = ProgressBar.isWanted();
        Consumer<String> lines = isTerminal ? line -> {} : err()::println;
        try (PortClient port = new PortClient(Port.DATA, address)) {
            return each(images,
                    image -> new ImagePull(port, wanted, new ProgressBar(err(), isTerminal), lines).run(image));
        }
    }

    private int order(List<ImageName> images, Platform wanted, URI address) throws InterruptedException {
        try (PortClient port = new PortClient(Port.ADMIN, address)) {
            return each(images, image -> {
                JsonNode taken = port.post("prefetch", JsonNodeFactory.instance.objectNode()
                        .put("image", image.toString()).put("platform", wanted.toString()));
                return summary(image, taken.path("platform").asString(""), taken.path("blobs").asInt(0),
                        taken.path("bytes").asLong(0)) + taken.path("missing").path("blobs").asInt(0)
                        + " of them to be fetched";
            });
        }
    }

    /**
     * The beginning of the line about an image.
     *
     * @param platform that was chosen; empty where there was no choice
     */
    static String summary(ImageName image, String platform, int blobs, long bytes) {
        return image + (platform.isEmpty() ? "" : " " + platform) + ": " + blobs + " blobs, "
                + new DataSize(bytes).rounded() + ", ";
    }

    /** What is done with an image, and what there is to say of it. */
    private interface Task {

        String run(ImageName image) throws IOException, InterruptedException;
    }

    private int each(List<ImageName> images, Task task) throws InterruptedException {
        int code = 0;
        for (ImageName image : images) {
            try {
                out().println(task.run(image));
            } catch (IOException e) {
                err().println("prefetch of " + image + " failed: " + e.getMessage());
                code = 1;
            }
        }
        return code;
    }
}
