package dev.freshet.proxy.cli;

import dev.freshet.config.unit.DataSize;
import dev.freshet.proxy.cli.PortClient.Port;
import dev.freshet.proxy.route.ImageName;
import dev.freshet.proxy.serve.document.Platform;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code inspect}: prints the parts of an image, how much of each is stored, and the rules for its foreign layers. */
@Command(name = "inspect", mixinStandardHelpOptions = true, description = {
        "Prints the parts of an image, and how much of each a running Freshet has stored.",
        "For foreign layers it prints the URLs, and whether the configuration of that Freshet allows them."})
final class InspectCommand extends ConfiguredCommand {

    @Parameters(paramLabel = "REF", description = "Such as docker.io/library/busybox:1.36, or with @DIGEST.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Option(names = "--platform", paramLabel = "OS/ARCH[/VARIANT]", description = "Platform of an image for several platforms (default: all platforms, without their layers).")
    private @Nullable String platform;

    @Option(names = "--admin", paramLabel = "URL", description = "Admin port of Freshet (default: `admin.listen` of the configuration, on this machine).")
    private @Nullable URI admin;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> asked = new TreeMap<>();
        Optional<List<ImageName>> images = images(List.of(name));
        if (images.isEmpty()) {
            return 2;
        }
        asked.put("ref", images.get().getFirst().toString());
        String wanted = platform;
        if (wanted != null && Platform.parse(wanted).isEmpty()) {
            err().println("inspect failed: '" + wanted
                    + "' is not a platform; use OS/ARCH or OS/ARCH/VARIANT, such as linux/amd64");
            return 2;
        }
        if (wanted != null) {
            asked.put("platform", wanted);
        }
        Optional<URI> address = portUrl(admin, config -> config.admin().listen());
        return address.isEmpty() ? 2 : inspect(asked, address.get());
    }

    private int inspect(Map<String, String> asked, URI address) throws InterruptedException {
        try (PortClient port = new PortClient(Port.ADMIN, address)) {
            JsonNode found = port.get("inspect", asked);
            out().println(json ? found.toPrettyString() : InspectTable.of(found));
            return 0;
        } catch (IOException e) {
            err().println("inspect of " + asked.get("ref") + " failed: " + e.getMessage());
            return 1;
        }
    }

    /** A table of the answer of {@code GET inspect}: a line for each part, and for each URL whether it is allowed. */
    static final class InspectTable {

        private InspectTable() {}

        static String of(JsonNode found) {
            int widest = 10;
            for (JsonNode item : found.path("items")) {
                widest = Math.max(widest, text(item, "mediaType").length());
            }
            String row = "%-13s  %9s  %-13s  %-" + widest + "s  %s";
            StringBuilder table = new StringBuilder(512);
            String platform = text(found, "platform");
            table.append(text(found, "image")).append(platform.isEmpty() ? "" : " " + platform).append('\n');
            table.append(text(found.path("manifest"), "digest")).append("  ").append(text(found.path("manifest"),
                    "mediaType")).append("  ").append(text(found.path("manifest"), "cacheStatus")).append('\n');
            table.append(row.formatted("KIND", "SIZE", "STORED", "MEDIA TYPE", "DIGEST")).append('\n');
            for (JsonNode item : found.path("items")) {
                table.append(row.formatted(text(item, "kind"), rounded(item, "size"), stored(item),
                        text(item, "mediaType"), text(item, "digest")));
                table.append(text(item, "platform").isEmpty() ? "" : "  " + text(item, "platform")).append('\n');
                item.path("urls").forEach(url -> append(table, url));
            }
            return table.toString().stripTrailing();
        }

        /** How much is stored; for an image of an index, how many of its blobs are. */
        private static String stored(JsonNode item) {
            String stored = text(item, "stored");
            JsonNode image = item.path("image");
            if (image.isObject()) {
                return image.path("storedBlobs").asInt(0) + " of " + image.path("blobs").asInt(0);
            }
            return switch (stored) {
                case "partly", "coming" -> stored + " " + rounded(item, "storedBytes");
                default -> stored;
            };
        }

        private static void append(StringBuilder table, JsonNode url) {
            table.append("    ").append(text(url, "url"));
            if (url.path("allowed").asBoolean(false)) {
                table.append(": allowed by '").append(text(url, "pattern")).append("'\n");
                return;
            }
            table.append(": not allowed: ").append(text(url, "rule")).append('\n');
            if (url.path("configuration").isString()) {
                table.append("        to allow it: ").append(text(url, "configuration")).append('\n');
            }
        }

        private static String rounded(JsonNode item, String field) {
            return new DataSize(Math.max(0, item.path(field).asLong(0))).rounded();
        }

        private static String text(JsonNode node, String field) {
            return node.path(field).asString("");
        }
    }
}
