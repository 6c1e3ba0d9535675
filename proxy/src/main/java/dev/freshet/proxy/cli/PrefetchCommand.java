package dev.freshet.proxy.cli;

import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.config.load.EffectiveConfig;
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

/** {@code prefetch}: pulls images through a running Freshet, so that it has them when somebody wants them. */
@Command(name = "prefetch", mixinStandardHelpOptions = true, description = {
        "Pulls images into the cache of a running Freshet, here or elsewhere.",
        "Exit code 1 if one of them did not come whole."})
final class PrefetchCommand implements Callable<Integer> {

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Such as docker.io/library/busybox:1.36, or with @DIGEST.")
    private List<String> names = List.of();

    @Option(names = "--platform", paramLabel = "OS/ARCH[/VARIANT]", description = "What to take of an image for several platforms (default: this machine's).")
    private @Nullable String platform;

    @Option(names = "--url", paramLabel = "URL", description = "Where clients reach Freshet (default: `listen` of the configuration, on this machine).")
    private @Nullable URI url;

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
            err().println(e.getMessage());
            return 2;
        }
        Optional<Platform> wanted = platform == null
                ? Optional.of(Platform.of(System.getProperty("os.name", ""), System.getProperty("os.arch", "")))
                : Platform.parse(platform);
        if (wanted.isEmpty()) {
            err().println(
                    "platform '" + platform + "' cannot be used: give OS/ARCH or OS/ARCH/VARIANT, such as linux/amd64");
            return 2;
        }
        Optional<URI> address = address();
        return address.isEmpty() ? 2 : pull(images, wanted.get(), address.get());
    }

    private int pull(List<ImageName> images, Platform wanted, URI address) throws InterruptedException {
        boolean isTerminal = Progress.isWanted();
        Consumer<String> lines = isTerminal ? line -> {} : err()::println;
        int code = 0;
        try (DataPort port = new DataPort(address)) {
            for (ImageName image : images) {
                try {
                    out().println(new ImagePull(port, wanted, new Progress(err(), isTerminal), lines).run(image));
                } catch (IOException e) {
                    err().println("prefetch of " + image + " failed: " + e.getMessage());
                    code = 1;
                }
            }
        }
        return code;
    }

    /** Where to ask; empty, after the reason was printed, when that is not to be known. */
    private Optional<URI> address() {
        URI given = url;
        return given == null
                ? options.load(err()).map(EffectiveConfig::config).map(DataPortUrl::of)
                : DataPortUrl.check(given, err());
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
