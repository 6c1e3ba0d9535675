package dev.freshet.proxy.cli;

import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.config.load.EffectiveConfig;
import dev.freshet.config.unit.DataSize;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.serve.Platform;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code prefetch}: pulls images through a running Freshet, so that it has them when somebody wants them. */
@Command(name = "prefetch", mixinStandardHelpOptions = true, description = {
        "Pulls images into the cache of a running Freshet, here or elsewhere.",
        "Exit code 1 if one of them did not come whole.",
        "With --admin, Freshet is told to fetch them, and nobody waits for that."})
final class PrefetchCommand implements Callable<Integer> {

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Such as docker.io/library/busybox:1.36, or with @DIGEST.")
    private List<String> names = List.of();

    @Option(names = "--platform", paramLabel = "OS/ARCH[/VARIANT]", description = "What to take of an image for several platforms (default: this machine's).")
    private @Nullable String platform;

    @Option(names = "--url", paramLabel = "URL", description = "Where clients reach Freshet (default: `listen` of the configuration, on this machine).")
    private @Nullable URI url;

    @Option(names = "--admin", paramLabel = "URL", description = "Has Freshet fetch them by itself, by its admin port.")
    private @Nullable URI admin;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        List<ImageName> images = new ArrayList<>();
        try {
            names.forEach(name -> images.add(ImageName.parse(name)));
        } catch (InvalidNameException e) {
            err().println("prefetch failed: " + e.getMessage() + "; " + ImageName.EXAMPLE);
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
        Optional<URI> address = address();
        if (address.isEmpty()) {
            return 2;
        }
        return admin == null ? pull(images, wanted.get(), address.get()) : order(images, wanted.get(), address.get());
    }

    private int pull(List<ImageName> images, Platform wanted, URI address) throws InterruptedException {
        boolean isTerminal = ProgressBar.isWanted();
        Consumer<String> lines = isTerminal ? line -> {} : err()::println;
        try (DataPort port = new DataPort(address)) {
            return each(images,
                    image -> new ImagePull(port, wanted, new ProgressBar(err(), isTerminal), lines).run(image));
        }
    }

    private int order(List<ImageName> images, Platform wanted, URI address) throws InterruptedException {
        try (AdminPort port = new AdminPort(address)) {
            return each(images, image -> {
                JsonNode taken = port.post("prefetch", JsonNodeFactory.instance.objectNode()
                        .put("image", image.toString()).put("platform", wanted.toString()));
                String chosen = taken.path("platform").asString("");
                return image + (chosen.isEmpty() ? "" : " " + chosen) + ": " + taken.path("blobs").asInt(0) + " blobs, "
                        + new DataSize(taken.path("bytes").asLong(0)).rounded() + ", "
                        + taken.path("missing").path("blobs").asInt(0) + " of them to be fetched";
            });
        }
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

    /** Where to ask; empty, after the reason was printed, when that is not to be known. */
    private Optional<URI> address() {
        URI given = admin == null ? url : admin;
        return given == null
                ? options.load(err()).map(EffectiveConfig::config).map(config -> PortUrl.of(config.listen()))
                : PortUrl.check(given, err());
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
