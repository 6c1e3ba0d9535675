package dev.freshet.proxy.cli;

import dev.freshet.config.load.EffectiveConfig;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code check-config}: prints all problems, or all effective options with their origins. */
@Command(name = "check-config", mixinStandardHelpOptions = true, description = "Prints all problems of the configuration (exit code 2), or the effective configuration.")
final class CheckConfigCommand extends ConfiguredCommand {

    @Override
    public Integer call() {
        Optional<EffectiveConfig> config = effectiveConfig();
        config.ifPresent(effective -> out().println(effective.render().strip()));
        return config.isPresent() ? 0 : 2;
    }
}
