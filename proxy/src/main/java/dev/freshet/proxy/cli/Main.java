package dev.freshet.proxy.cli;

import dev.freshet.config.unit.InvalidValueException;
import dev.freshet.proxy.Version;
import dev.freshet.proxy.log.LibraryLog;
import dev.freshet.proxy.log.LogQueue;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.Security;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The program {@code freshet COMMAND}. */
@Command(name = "freshet", description = "A caching pull-through proxy for container registries.", subcommands = {
        ServeCommand.class, CheckConfigCommand.class, ClientConfigCommand.class, DoctorCommand.class,
        InspectCommand.class,
        PrefetchCommand.class,
        VerifyCommand.class,
        Main.VersionCommand.class}, mixinStandardHelpOptions = true, versionProvider = Main.VersionCommand.Provider.class, synopsisSubcommandLabel = "COMMAND")
public final class Main {

    /** The default of Java is 10 s, and some installations cache a failed name resolution for ever. */
    private static final String NEGATIVE_NAME_TTL_SECONDS = "1";

    private static final Duration LOG_TIMEOUT = Duration.ofSeconds(2);

    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        boolean serves = args.length > 0 && args[0].equals("serve");
        System.setProperty("freshet.log", serves ? "stdout" : "stderr"); // other commands print to standard output
        LibraryLog.install();
        int code = run(writer(System.out), writer(System.err), args);
        flushLog();
        System.exit(code);
    }

    /** Writes waiting log lines, within a timeout. */
    static void flushLog() {
        try {
            Optional<LogQueue> queue = LogQueue.configured();
            if (queue.isPresent() && !queue.get().flush(LOG_TIMEOUT)) {
                LoggerFactory.getLogger(Main.class).debug("the log was not written to its end within {}", LOG_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    /** Runs a command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        Security.setProperty("networkaddress.cache.negative.ttl", NEGATIVE_NAME_TTL_SECONDS);
        CommandLine commands = new CommandLine(new Main());
        commands.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(URI.class, Main::url)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                });
        if (args.length == 0) {
            commands.usage(err);
            return 2;
        }
        return commands.execute(args);
    }

    private static URI url(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new TypeConversionException(
                    "'" + InvalidValueException.shown(text) + "' is not a URL: " + e.getReason()
                            + "; use http://HOST:PORT");
        }
    }

    /** {@code version}: prints the version of Freshet and of Java. */
    @Command(name = "version", description = "Prints the version.", mixinStandardHelpOptions = true)
    static final class VersionCommand implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        /** The version for {@code --version}. */
        static final class Provider implements IVersionProvider {

            @Override
            public String[] getVersion() {
                return new String[]{"freshet " + Version.current() + " (Java " + Runtime.version().feature() + ")"};
            }
        }

        @Override
        public Integer call() {
            spec.commandLine().getOut().println(new Provider().getVersion()[0]);
            return 0;
        }
    }
}
