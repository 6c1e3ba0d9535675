package dev.freshet.proxy.cli;

import dev.freshet.config.unit.DataSize;
import tools.jackson.databind.JsonNode;

/** A table of the answer of {@code GET inspect}: a line for each part, and for each URL whether it is allowed. */
final class InspectTable {

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
