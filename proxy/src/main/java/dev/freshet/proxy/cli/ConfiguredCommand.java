package dev.freshet.proxy.cli;

import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.config.FreshetConfig;
import dev.freshet.config.load.ConfigException;
import dev.freshet.config.load.ConfigLoader;
import dev.freshet.config.load.ConfigLoader.ConfigSources;
import dev.freshet.config.load.EffectiveConfig;
import dev.freshet.config.unit.HostPort;
import dev.freshet.config.unit.InvalidValueException;
import dev.freshet.proxy.route.ImageName;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A command that reads the configuration. The methods that return an {@code Optional} print the reason before they return an
 * empty one; the command then ends with exit code 2.
 */
abstract class ConfiguredCommand implements Callable<Integer> {

    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::");

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file (default: ./freshet.yaml, if it exists).")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Sets one option; may be given several times.")
    private List<String> settings = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    final Optional<EffectiveConfig> effectiveConfig() {
        try {
            return Optional.of(ConfigLoader.load(ConfigSources.ofProcess(Optional.ofNullable(file), settings)));
        } catch (ConfigException e) {
            err().println(e.getMessage());
            return Optional.empty();
        }
    }

    final Optional<FreshetConfig> config() {
        return effectiveConfig().map(EffectiveConfig::config);
    }

    /** The images of these names. */
    final Optional<List<ImageName>> images(List<String> names) {
        List<ImageName> images = new ArrayList<>();
        try {
            names.forEach(name -> images.add(ImageName.parse(name)));
            return Optional.of(images);
        } catch (InvalidNameException e) {
            err().println(spec.name() + " failed: " + e.getMessage() + "; " + ImageName.EXAMPLE);
            return Optional.empty();
        }
    }

    /**
     * The URL of a port of a running Freshet.
     *
     * @param given as an option of the command; null for the configured port on this machine
     * @param configured the address that the port listens on
     */
    final Optional<URI> portUrl(@Nullable URI given, Function<FreshetConfig, HostPort> configured) {
        if (given == null) {
            return config().map(configured).map(ConfiguredCommand::onThisMachine);
        }
        boolean usable = given.getHost() != null
                && ("http".equals(given.getScheme()) || "https".equals(given.getScheme()))
                && given.getRawQuery() == null && given.getRawFragment() == null;
        if (!usable) {
            err().println("url " + InvalidValueException.shown(given.toString())
                    + " cannot be used: give http:// or https:// and a host, and no query");
            return Optional.empty();
        }
        return Optional.of(given);
    }

    private static URI onThisMachine(HostPort listen) {
        String host = WILDCARDS.contains(listen.host()) ? "localhost" : listen.host();
        return URI.create("http://" + new HostPort(host, listen.port()));
    }
}
