package dev.freshet.config.load;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.UpstreamConfig;
import dev.freshet.config.UpstreamName;
import dev.freshet.config.unit.InvalidValueException;
import dev.freshet.config.unit.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the files that hold passwords, where an upstream names one and gives no password itself. */
final class PasswordFiles {

    private final Settings settings;
    private final Problems problems;

    PasswordFiles(Settings settings, Problems problems) {
        this.settings = settings;
        this.problems = problems;
    }

    /** The configuration with the passwords that were read. */
    FreshetConfig read(FreshetConfig config) {
        Map<UpstreamName, UpstreamConfig> upstreams = new LinkedHashMap<>();
        config.upstreams().forEach((name, upstream) -> upstreams.put(name, upstream.passwordFile()
                .filter(file -> upstream.password().isEmpty())
                .flatMap(file -> password("upstreams." + name + ".password-file", file))
                .map(upstream::withPassword)
                .orElse(upstream)));
        return config.withUpstreams(upstreams);
    }

    private Optional<Secret> password(String key, Path file) {
        try {
            return Optional.of(new Secret(Files.readString(file).replaceFirst("\\R\\z", "")));
        } catch (IOException e) {
            problems.add(key, settings.originOf(key), file + " cannot be read: make it a readable text file");
        } catch (InvalidValueException e) {
            problems.add(key, settings.originOf(key), file + " is empty: write the password into it");
        }
        return Optional.empty();
    }
}
