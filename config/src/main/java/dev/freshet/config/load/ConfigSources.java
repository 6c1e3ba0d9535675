package dev.freshet.config.load;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
