package dev.freshet.config.load;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a configuration comes from.
 *
 * @param file the file that {@code --config} names, which must exist; empty takes {@code freshet.yaml} of the working
 *     directory when there is one
 * @param environment all variables; only those that begin with {@code FRESHET_} count
 * @param flags the value of each {@code --set}, as {@code KEY=VALUE}
 * @param workingDirectory what relative paths are relative to, those in the file too
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
