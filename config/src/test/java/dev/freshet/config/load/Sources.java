package dev.freshet.config.load;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.load.ConfigException.Problem;
import dev.freshet.config.load.ConfigLoader.ConfigSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds the sources of a configuration in a directory of its own. */
final class Sources {

    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> flags = new ArrayList<>();

    Sources(Path directory) {
        this.directory = directory;
    }

    /** Writes {@code freshet.yaml}. */
    Sources yaml(String text) {
        return file("freshet.yaml", text);
    }

    Sources file(String name, String text) {
        try {
            Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Sources variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Sources flag(String flag) {
        flags.add(flag);
        return this;
    }

    EffectiveConfig load() throws ConfigException {
        return ConfigLoader.load(new ConfigSources(Optional.empty(), environment, flags, directory));
    }

    FreshetConfig config() throws ConfigException {
        return load().config();
    }

    /** The problems as lines; empty when there are none. */
    List<String> problems() {
        try {
            load();
            return List.of();
        } catch (ConfigException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }
}
