package dev.freshet.proxy.cli;

import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.config.load.EffectiveConfig;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.serve.document.Platform;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code inspect}: prints the parts of an image, how much of each is stored, and the rules for its foreign layers. */
@Command(name = "inspect", mixinStandardHelpOptions = true, description = {
        "Prints the parts of an image, and how much of each a running Freshet has stored.",
        "For foreign layers it prints the URLs, and whether the configuration of that Freshet allows them."})
final class InspectCommand implements Callable<Integer> {

    @Parameters(paramLabel = "REF", description = "Such as docker.io/library/busybox:1.36, or with @DIGEST.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Option(names = "--platform", paramLabel = "OS/ARCH[/VARIANT]", description = "Platform of an image for several platforms (default: all platforms, without their layers).")
    private @Nullable String platform;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin port of Freshet (default: `admin.listen` of the configuration, on this machine).")
    private @Nullable URI admin;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> asked = new TreeMap<>();
        try {
            asked.put("ref", ImageName.parse(name).toString());
        } catch (InvalidNameException e) {
            err().println("inspect failed: " + e.getMessage() + "; " + ImageName.EXAMPLE);
            return 2;
        }
        String wanted = platform;
        if (wanted != null && Platform.parse(wanted).isEmpty()) {
            err().println("inspect failed: '" + wanted
                    + "' is not a platform; use OS/ARCH or OS/ARCH/VARIANT, such as linux/amd64");
            return 2;
        }
        if (wanted != null) {
            asked.put("platform", wanted);
        }
        URI given = admin;
        Optional<URI> address = given == null
                ? options.load(err()).map(EffectiveConfig::config).map(config -> PortUrl.of(config.admin().listen()))
                : PortUrl.check(given, err());
        return address.isEmpty() ? 2 : inspect(asked, address.get());
    }

    private int inspect(Map<String, String> asked, URI address) throws InterruptedException {
        try (AdminPort port = new AdminPort(address)) {
            JsonNode found = port.get("inspect", asked);
            spec.commandLine().getOut().println(json ? found.toPrettyString() : InspectTable.of(found));
            return 0;
        } catch (IOException e) {
            err().println("inspect of " + asked.get("ref") + " failed: " + e.getMessage());
            return 1;
        }
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
