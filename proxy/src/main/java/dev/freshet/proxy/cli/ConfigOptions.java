package dev.freshet.proxy.cli;

import dev.freshet.config.load.ConfigException;
import dev.freshet.config.load.ConfigLoader.ConfigSources;
import dev.freshet.config.load.ConfigLoader;
import dev.freshet.config.load.EffectiveConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that reads the configuration. */
final class ConfigOptions {

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file (default: ./freshet.yaml, if it exists).")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Sets one option; may be given several times.")
    private List<String> settings = List.of();

    /** Loads the configuration; empty, after its problems were printed, if it is not valid. */
    Optional<EffectiveConfig> load(PrintWriter err) {
        try {
            return Optional.of(ConfigLoader.load(ConfigSources.ofProcess(Optional.ofNullable(file), settings)));
        } catch (ConfigException e) {
            err.println(e.getMessage());
            return Optional.empty();
        }
    }
}
