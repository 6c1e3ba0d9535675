package dev.freshet.proxy.cli;

import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.UpstreamConfig;
import dev.freshet.config.UpstreamName;
import dev.freshet.config.load.EffectiveConfig;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.upstream.foreign.ForeignRules;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inspect}: what an image consists of, how much of it a running Freshet has, and where foreign layers come from. */
@Command(name = "inspect", mixinStandardHelpOptions = true, description = {
        "Prints what an image consists of, and how much of that a running Freshet has stored.",
        "Of foreign layers it prints the URLs, and what the configuration given here says of them."})
final class InspectCommand implements Callable<Integer> {

    @Parameters(paramLabel = "REF", description = "Such as docker.io/library/busybox:1.36, or with @DIGEST.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Option(names = "--url", paramLabel = "URL", description = "Where clients reach Freshet (default: `listen` of the configuration, on this machine).")
    private @Nullable URI url;

    @Option(names = "--json", description = "Prints it as JSON.")
    private boolean json;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        ImageName image;
        try {
            image = ImageName.parse(name);
        } catch (InvalidNameException e) {
            err().println(e.getMessage());
            return 2;
        }
        Optional<FreshetConfig> config = options.load(err()).map(EffectiveConfig::config);
        if (config.isEmpty()) {
            return 2;
        }
        URI given = url;
        Optional<URI> address = given == null
                ? Optional.of(DataPortUrl.of(config.get()))
                : DataPortUrl.check(given, err());
        return address.isEmpty() ? 2 : inspect(image, address.get(), rules(image, config.get()));
    }

    private int inspect(ImageName image, URI address, ForeignRules rules) throws InterruptedException {
        try (DataPort port = new DataPort(address)) {
            Inspection inspection = Inspection.of(image, port, rules);
            spec.commandLine().getOut().println(json ? inspection.json() : inspection.table());
            return 0;
        } catch (IOException e) {
            err().println("inspect of " + image + " failed: " + e.getMessage());
            return 1;
        }
    }

    /** The rules of the upstream that the name begins with, or of the default one. */
    private static ForeignRules rules(ImageName image, FreshetConfig config) {
        String first = image.path().substring(0, Math.max(0, image.path().indexOf('/')));
        Map.Entry<UpstreamName, UpstreamConfig> upstream = config.upstreams().entrySet().stream()
                .filter(entry -> entry.getKey().value().equals(first)
                        || entry.getValue().aliases().stream().anyMatch(alias -> alias.value().equals(first)))
                .findFirst().orElseGet(() -> Map.entry(config.defaultUpstream(),
                        config.upstreams().getOrDefault(config.defaultUpstream(),
                                config.upstreams().values().iterator().next())));
        return new ForeignRules(upstream.getKey().value(), config.foreignLayers().allow(),
                config.foreignLayers().deny(), upstream.getValue().redirectHosts());
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
