package dev.freshet.proxy.cli;

import dev.freshet.config.unit.InvalidValueException;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code client-config}: prints the configuration of a client that uses this proxy. */
@Command(name = "client-config", mixinStandardHelpOptions = true, description = "Prints the configuration of a client that uses this proxy.")
final class ClientConfigCommand implements Callable<Integer> {

    @Parameters(paramLabel = "CLIENT", description = "One of: ${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init")
    private ClientSnippet client;

    @Option(names = "--url", paramLabel = "URL", defaultValue = "http://localhost:5000", description = "URL of Freshet for clients (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private URI url;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        boolean usable = url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
        if (!usable) {
            spec.commandLine().getErr().println("url " + InvalidValueException.shown(url.toString())
                    + " cannot be used: give http:// or https:// and a host");
            return 2;
        }
        spec.commandLine().getOut().print(client.snippet(url));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
