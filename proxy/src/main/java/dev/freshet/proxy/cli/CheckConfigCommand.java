package dev.freshet.proxy.cli;

import dev.freshet.config.load.EffectiveConfig;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code check-config}: prints all problems, or all effective options with their origins. */
@Command(name = "check-config", mixinStandardHelpOptions = true, description = "Prints all problems of the configuration (exit code 2), or the effective configuration.")
final class CheckConfigCommand implements Callable<Integer> {

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        Optional<EffectiveConfig> config = options.load(spec.commandLine().getErr());
        config.ifPresent(effective -> spec.commandLine().getOut().println(effective.render().strip()));
        return config.isPresent() ? 0 : 2;
    }
}
