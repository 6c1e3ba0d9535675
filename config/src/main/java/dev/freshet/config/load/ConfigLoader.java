package dev.freshet.config.load;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.load.Node.Mapping;
import dev.freshet.config.load.Node.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The loader of a configuration. A flag overrides the environment, the environment the file, the file the default. */
public final class ConfigLoader {

    private static final String DEFAULT_FILE = "freshet.yaml";

    private ConfigLoader() {}

    /**
     * Reads the sources and checks all options.
     *
     * @throws ConfigException with all problems
     */
    public static EffectiveConfig load(ConfigSources sources) throws ConfigException {
        Report report = new Report();

        Mapping tree = file(sources, report);
        tree = Variables.overlay(tree, sources.environment(), report);
        tree = Flags.overlay(tree, sources.flags(), report);
        tree = WellKnownUpstreams.complete(tree);

        Binder binder = new Binder(sources.workingDirectory(), report);
        FreshetConfig bound = (FreshetConfig) binder.group(Shape.ROOT, "", tree, "");
        FreshetConfig config = new AccountReader(report).read(bound);
        new CrossChecks(config, report).run();
        return report.effective(config);
    }

    private static Mapping file(ConfigSources sources, Report report) {
        Mapping nothing = new Mapping(Origin.DEFAULT, Map.of());
        Path name = sources.file().orElse(Path.of(DEFAULT_FILE));
        Path path = sources.workingDirectory().resolve(name);
        if (sources.file().isEmpty() && !Files.exists(path)) {
            return nothing;
        }
        Origin origin = new Origin(name.toString(), true);
        Optional<Node> read = text(path, origin, report)
                .flatMap(text -> YamlReader.read(text, "", origin, report));
        if (read.isEmpty() || read.get() instanceof Node.Empty) {
            return nothing;
        }
        if (read.get() instanceof Mapping mapping) {
            return mapping;
        }
        report.problem("", origin, "is not a mapping: write keys and values, such as listen: 0.0.0.0:5000");
        return nothing;
    }

    private static Optional<String> text(Path path, Origin origin, Report report) {
        try {
            return Optional.of(Files.readString(path));
        } catch (IOException e) {
            report.problem("", origin, "cannot be read: make it a readable text file, or name another with --config");
            return Optional.empty();
        }
    }

    /**
     * The sources of a configuration.
     *
     * @param file file of {@code --config}, which must exist; empty for {@code freshet.yaml} in the working directory, if it
     *     exists
     * @param environment all variables; only those that begin with {@code FRESHET_} count
     * @param flags the value of each {@code --set}, as {@code KEY=VALUE}
     * @param workingDirectory base of relative paths, also of those in the file
     */
    public record ConfigSources(Optional<Path> file, Map<String, String> environment, List<String> flags,
            Path workingDirectory) {

        public ConfigSources {
            environment = Map.copyOf(environment);
            flags = List.copyOf(flags);
        }

        /** The sources of this process. */
        public static ConfigSources ofProcess(Optional<Path> file, List<String> flags) {
            return new ConfigSources(file, System.getenv(), flags, Path.of(""));
        }
    }
}
