package dev.freshet.config.load;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.load.Node.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Problems problems = new Problems();
        Settings settings = new Settings();

        Mapping tree = file(sources, problems);
        tree = Variables.overlay(tree, sources.environment(), problems);
        tree = Flags.overlay(tree, sources.flags(), problems);
        tree = WellKnownUpstreams.complete(tree);

        Binder binder = new Binder(sources.workingDirectory(), settings, problems);
        FreshetConfig bound = (FreshetConfig) binder.group(Shape.ROOT, "", tree, "");
        FreshetConfig config = new SecretFiles(settings, problems).read(bound);
        new CrossChecks(config, settings, problems).run();
        problems.throwIfAny();
        return new EffectiveConfig(config, settings.all());
    }

    private static Mapping file(ConfigSources sources, Problems problems) {
        Mapping nothing = new Mapping(new Origin.Default(), Map.of());
        Path name = sources.file().orElse(Path.of(DEFAULT_FILE));
        Path path = sources.workingDirectory().resolve(name);
        if (sources.file().isEmpty() && !Files.exists(path)) {
            return nothing;
        }
        Origin origin = new Origin.File(name.toString(), 0);
        Optional<Node> read = text(path, origin, problems)
                .flatMap(text -> YamlReader.read(text, "", origin, problems));
        if (read.isEmpty() || read.get() instanceof Node.Empty) {
            return nothing;
        }
        if (read.get() instanceof Mapping mapping) {
            return mapping;
        }
        problems.add("", origin, "is not a mapping: write keys and values, such as listen: 0.0.0.0:5000");
        return nothing;
    }

    private static Optional<String> text(Path path, Origin origin, Problems problems) {
        try {
            return Optional.of(Files.readString(path));
        } catch (IOException e) {
            problems.add("", origin, "cannot be read: make it a readable text file, or name another with --config");
            return Optional.empty();
        }
    }
}
